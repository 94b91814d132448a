import Foundation
import PurrTransport
import ServiceLifecycle

/// Gives memory back that only the start needed.
///
/// The kernel maps code in stretches around each page that runs. Of the 46 MB of a daemon without mailboxes 25
/// were code that ran once, or not at all, and 6 were data.
struct ThriftService: Service {
    /// The start is over by then.
    private static let settled = Duration.seconds(20)

    func run() async throws {
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.settled) }
        if !Task.isShuttingDownGracefully { Self.releaseCode() }
        try? await gracefulShutdown()
    }

    private static func releaseCode() {
        guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8),
            let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        else { return }
        // `7f00-7f80 r-xp 00000000 08:01 42  /usr/bin/purr`
        for line in maps.split(separator: "\n")
        where line.hasSuffix(" \(program)") && line.contains(" r-xp ") {
            let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2, ends[0] < ends[1] else { continue }
            ResidentPages.release(from: ends[0], length: ends[1] - ends[0])
        }
    }
}
