import Foundation
import Synchronization

/// A real mail host, Dovecot and Postfix on loopback, made by `scripts/mailhost`.
///
/// One host serves the whole test process (``shared()``): a test takes users of its own.
package final class MailHost: Sendable {
    package struct Ports: Decodable, Sendable {
        package let imap, imaps, submission, submissions: Int
        package let ca, password: String
    }

    package let ports: Ports
    private let folder: URL

    /// The host of this process: started when first asked for, stopped when the process ends.
    package static func shared() async -> MailHost {
        // On a thread of its own: starting takes seconds, and the tests' pool has one thread for each core.
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: started) }
        }
    }

    private static let started: MailHost = {
        do {
            let users = (1...40).map { "user\($0)@north.test" }.joined(separator: ",")
            return try MailHost(arguments: ["--users", users, "--clients-per-process", "20"])
        } catch {
            fatalError("The mail host does not start: \(error)")
        }
    }()

    /// A host with options of its own; stopped when the process ends.
    package static func another(_ arguments: [String]) async throws -> MailHost {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try MailHost(arguments: arguments) })
            }
        }
    }

    private static let nextUser = Mutex(0)

    /// A user that no other test of this process has.
    package static func newUser() -> String {
        nextUser.withLock { number in
            number += 1
            precondition(number <= 40, "More users are needed: raise their number in MailHost")
            return "user\(number)@north.test"
        }
    }

    /// Starts a host with options of `scripts/mailhost start`.
    package init(arguments: [String]) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "purr-host-\(UUID().uuidString)")
        let folder = folder
        try Self.run(["start", folder.path] + arguments)
        ports = try JSONDecoder().decode(
            Ports.self, from: Data(contentsOf: folder.appendingPathComponent("host.json")))
        hosts.withLock { $0.append(folder) }
        _ = stopsAtExit
    }

    /// Hands a message to a user's mailbox, past all queues.
    package func deliver(_ message: String, to user: String) throws {
        try Self.run(["deliver", folder.path, user], input: message)
    }

    fileprivate static func run(_ arguments: [String], input: String? = nil) throws {
        let process = Process()
        process.executableURL = TestCertificates.checkout.appendingPathComponent("scripts/mailhost")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardInput = input == nil ? FileHandle.nullDevice : pipe
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        if let input {
            try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try pipe.fileHandleForWriting.close()
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw MailHostFailure(
                text: "scripts/mailhost \(arguments[0]) ended with \(process.terminationStatus)")
        }
    }
}

package struct MailHostFailure: Error, CustomStringConvertible {
    let text: String
    package var description: String { text }
}

private let hosts = Mutex<[URL]>([])
private let stopsAtExit: Void = {
    atexit {
        for folder in hosts.withLock({ $0 }) {
            try? MailHost.run(["stop", folder.path])
            try? FileManager.default.removeItem(at: folder)
        }
    }
}()
