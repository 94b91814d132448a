import CCares
import CCurl
import Glibc

/// Listens on a loopback port for a browser that comes back from an identity provider (RFC 8252 §7.3).
///
/// One request at a time; blocks: call it on a ``WorkerPool``.
package final class LoopbackListener: Sendable {
    private let socket: Int32
    /// The port that the system chose, or the one asked for.
    package let port: Int

    /// - Parameter port: 0 for any.
    /// - Throws: When the port cannot be had.
    package init(port: Int = 0) throws(HTTPFailure) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(socket, pointer, length) == 0 && listen(socket, 4) == 0
                    && getsockname(socket, pointer, &length) == 0
            }
        }
        guard socket >= 0, isListening else {
            if socket >= 0 { close(socket) }
            throw HTTPFailure(
                reason: .configuration,
                text: "Port \(port) of 127.0.0.1 cannot be listened on: it is in use")
        }
        self.socket = socket
        self.port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(socket) }

    /// Waits for a request and answers it.
    ///
    /// - Parameters:
    ///   - answer: Gets the path and query of a `GET` whose `Host` is this listener, and gives the page and
    ///     whether the wait is over.
    /// - Returns: False when the time was up.
    package func serve(
        until deadline: Deadline, cancellation: Cancellation = Cancellation(),
        _ answer: (String) -> (status: String, page: String, isLast: Bool)
    ) -> Bool {
        while true {
            guard case .ready = cancellation.wait(for: socket, events: Int32(POLLIN), until: deadline)
            else {
                return false
            }
            let client = accept(socket, nil, nil)
            guard client >= 0 else { continue }
            defer { close(client) }
            guard let target = target(of: client, cancellation) else {
                write("400 Bad Request", "This is not for Purr.", to: client)
                continue
            }
            let (status, page, isLast) = answer(target)
            write(status, page, to: client)
            if isLast { return true }
        }
    }

    /// Path and query of one request; nil for what is no `GET` to this host and port.
    private func target(of client: Int32, _ cancellation: Cancellation) -> String? {
        let deadline = Deadline.after(.seconds(5))
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while !bytes.reversed().starts(with: [10, 13, 10, 13]) {
            guard bytes.count < 16_384,
                case .ready = cancellation.wait(for: client, events: Int32(POLLIN), until: deadline)
            else { return nil }
            let count = unsafe recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer.prefix(count)
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        guard let words = lines.first?.split(separator: " "), words.count == 3, words[0] == "GET" else {
            return nil
        }
        // A page elsewhere whose name was made to point here (DNS rebinding) says its own name.
        let hosts = lines.dropFirst().filter { $0.lowercased().hasPrefix("host:") }.map {
            $0.dropFirst(5).filter { $0 != " " }.lowercased()
        }
        guard hosts == ["127.0.0.1:\(port)"] || hosts == ["localhost:\(port)"] else { return nil }
        return String(words[1])
    }

    private func write(_ status: String, _ page: String, to client: Int32) {
        let html =
            "<!doctype html><meta charset=utf-8><title>Purr</title><p style=\"font:1.2em sans-serif;margin:3em\">\(page)"
        let text =
            "HTTP/1.1 \(status)\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: \(html.utf8.count)\r\n"
            + "Cache-Control: no-store\r\nConnection: close\r\n\r\n\(html)"
        let bytes = Array(text.utf8)
        _ = unsafe send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        shutdown(client, Int32(SHUT_WR))
    }
}
