package import Foundation
import Synchronization

/// A throwaway authority with a good certificate and bad ones, made once per test process.
package enum TestCertificates {
    package enum Kind: String, Sendable, CaseIterable {
        case good = "server"
        case expired
        case wrongHost = "wrong-host"
        case selfSigned = "self-signed"
    }

    /// The authority's certificate, for a client to trust.
    package static var authority: String { folder.appendingPathComponent("ca.pem").path }

    package static func chain(_ kind: Kind) -> String {
        folder.appendingPathComponent("\(kind.rawValue).pem").path
    }
    package static func key(_ kind: Kind) -> String {
        folder.appendingPathComponent("\(kind.rawValue).key").path
    }

    /// The checkout that these tests belong to.
    package static let checkout = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let folder: URL = {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("purr-certificates-\(UUID().uuidString)")
        let maker = Process()
        maker.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        maker.arguments = [
            "python3", "-B", "-c",
            "import sys, pathlib; sys.path.insert(0, sys.argv[1]); from mail_host import certificates; "
                + "certificates.make(pathlib.Path(sys.argv[2]))",
            checkout.appendingPathComponent("scripts").path, folder.path,
        ]
        maker.standardInput = FileHandle.nullDevice
        do { try maker.run() } catch { fatalError("The test certificates cannot be made: \(error)") }
        maker.waitUntilExit()
        precondition(
            maker.terminationStatus == 0, "The test certificates cannot be made: is openssl installed?")
        removeAtExit(folder)
        return folder
    }()
}

/// Removes a folder when the test process ends.
func removeAtExit(_ folder: URL) {
    leftovers.withLock { $0.append(folder) }
    _ = registered
}

private let leftovers = Mutex<[URL]>([])
private let registered: Void = {
    atexit {
        for folder in leftovers.withLock({ $0 }) { try? FileManager.default.removeItem(at: folder) }
    }
}()
