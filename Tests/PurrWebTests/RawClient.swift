import Foundation
import Glibc
import PurrTransport

/// A client that writes bytes as they are and reads until the server is done, however odd they are.
final class RawClient: Sendable {
    static let threads = WorkerPool(name: "client", threads: 32)

    let port: Int

    init(port: Int) { self.port = port }

    /// A connection; closed when it is let go of.
    final class Connection {
        private let descriptor: Int32

        init?(port: Int) {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard descriptor >= 0 else { return nil }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            // A server that never answers must not hold the test.
            var limit = timeval(tv_sec: 20, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            let isConnected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            if !isConnected {
                close(descriptor)
                return nil
            }
        }

        deinit { close(descriptor) }

        /// - Returns: False once the server takes no more.
        func write(_ bytes: [UInt8]) -> Bool {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }

        /// What comes next; nil at the end, or when the server breaks off.
        func read() -> [UInt8]? {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            return count > 0 ? Array(bytes.prefix(count)) : nil
        }

        /// One response, told by its `Content-Length`.
        func response() -> Reply? {
            var bytes: [UInt8] = []
            while true {
                if let reply = Reply(bytes) { return reply }
                guard let more = read() else { return Reply(bytes, isOver: true) }
                bytes += more
            }
        }
    }

    /// Sends a request of text and reads the response.
    func send(_ text: String) async -> Reply? {
        let port = port
        return await Self.threads.perform {
            guard let connection = Connection(port: port), connection.write(Array(text.utf8)) else {
                return nil
            }
            return connection.response()
        }
    }

    func request(
        _ method: String, _ path: String, _ fields: [String: String] = [:], body: String? = nil
    ) async -> Reply? {
        var lines = ["\(method) \(path) HTTP/1.1"]
        if fields["Host"] == nil { lines.append("Host: 127.0.0.1") }
        lines += fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        return await send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
    }

    func get(_ path: String, _ fields: [String: String] = [:]) async -> Reply? {
        await request("GET", path, fields)
    }

    func post(_ path: String, _ body: String, _ fields: [String: String] = [:]) async -> Reply? {
        let form = ["Content-Type": "application/x-www-form-urlencoded"]
        return await request("POST", path, form.merging(fields) { $1 }, body: body)
    }
}

/// A server's response.
struct Reply: Sendable {
    let status: Int
    /// By name in small letters.
    let fields: [String: String]
    let body: [UInt8]

    /// - Returns: Nil while it is not whole.
    init?(_ bytes: [UInt8], isOver: Bool = false) {
        guard let gap = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<gap.lowerBound], as: UTF8.self).components(
            separatedBy: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            return nil
        }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let halves = line.split(separator: ":", maxSplits: 1)
            fields[halves[0].lowercased()] =
                halves.count > 1 ? halves[1].trimmingCharacters(in: .whitespaces) : ""
        }
        let body = Array(bytes[gap.upperBound...])
        let length = fields["content-length"].flatMap { Int($0) } ?? 0
        guard isOver || body.count >= length else { return nil }
        self.status = status
        self.fields = fields
        self.body = body
    }

    var text: String { String(decoding: body, as: UTF8.self) }
}
