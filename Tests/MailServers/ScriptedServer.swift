import COpenSSL
import Foundation
import Glibc
import Synchronization

/// A server on 127.0.0.1 that plays transcripts, one per connection, with real TLS.
///
/// Each connection runs on a thread of its own. ``finish()`` says what was received and where the client
/// left the script.
package final class ScriptedServer: Sendable {
    package let port: Int
    private let listener: Int32
    private let record = Mutex(Record())

    /// What the clients sent.
    package struct Record: Sendable {
        /// Before and outside of TLS.
        package var inTheClear: [UInt8] = []
        /// Inside of TLS.
        package var inTLS: [UInt8] = []
        /// The text of messages, from after 354 to the final dot.
        package var bodies: [[UInt8]] = []
        /// The lines expected and got.
        package var lines: [String] = []
        /// Where a client did not keep to the script, or broke off.
        package var deviations: [String] = []
        package var connections = 0
        /// Whether the test waits for the end of the scripts.
        package var isAwaited = false
        /// Whether all scripts have been played.
        package var isPlayed = false

        package var everything: String { String(decoding: inTheClear + inTLS, as: UTF8.self) }
    }

    /// Starts to listen.
    ///
    /// - Parameter transcripts: One for each connection, in order; more connections are closed at once.
    package init(_ transcripts: String..., certificate: TestCertificates.Kind = .good) {
        let scripts = transcripts.map { Transcript($0) }
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // A client that writes much is soon made to wait for a server that does not read.
        var small: Int32 = 32_768
        setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, length) == 0 && listen(socket, 16) == 0
                    && getsockname(socket, pointer, &length) == 0
            }
        }
        precondition(isBound, "No port to listen on")
        port = Int(UInt16(bigEndian: address.sin_port))
        let context = ServerContext.of(certificate)
        start { [self] in
            for script in scripts {
                let client = accept(socket, nil, nil)
                guard client >= 0 else { break }
                record.withLock { $0.connections += 1 }
                let player = Player(client: client, context: context, server: self)
                player.play(script)
            }
            record.withLock { $0.isPlayed = true }
            // Whoever else comes is turned away, and leaves a trace.
            while case let client = accept(socket, nil, nil), client >= 0 {
                record.withLock { $0.connections += 1 }
                Glibc.close(client)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
    }

    /// Waits until all scripts have been played, a minute at most, and tells what happened.
    package func finish() async -> Record {
        record.withLock { $0.isAwaited = true }
        for _ in 0..<12_000 {
            if recordSoFar.isPlayed { return recordSoFar }
            try? await Task.sleep(for: .milliseconds(5))
        }
        record.withLock { $0.deviations.append("the script did not come to its end") }
        return recordSoFar
    }

    /// What was received so far.
    package var recordSoFar: Record { record.withLock { $0 } }

    fileprivate func note(_ change: (inout Record) -> Void) {
        record.withLock { change(&$0) }
    }

    private func start(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread { body() }
        thread.stackSize = 1 << 20
        thread.start()
    }
}

/// OpenSSL's state of a server with one certificate.
///
/// `@unchecked`: OpenSSL counts references and locks.
private final class ServerContext: @unchecked Sendable {
    let pointer: OpaquePointer

    private init(_ kind: TestCertificates.Kind) {
        guard let pointer = SSL_CTX_new(TLS_server_method()) else { fatalError("OpenSSL has no memory") }
        self.pointer = pointer
        let isUsable =
            SSL_CTX_use_certificate_chain_file(pointer, TestCertificates.chain(kind)) == 1
            && SSL_CTX_use_PrivateKey_file(pointer, TestCertificates.key(kind), SSL_FILETYPE_PEM) == 1
        precondition(isUsable, "The test certificate cannot be read")
    }

    private static let all = Mutex<[TestCertificates.Kind: ServerContext]>([:])

    static func of(_ kind: TestCertificates.Kind) -> ServerContext {
        all.withLock { all in
            if let context = all[kind] { return context }
            let context = ServerContext(kind)
            all[kind] = context
            return context
        }
    }
}

/// Plays one script to one client.
private final class Player {
    private let client: Int32
    private let context: ServerContext
    private unowned let server: ScriptedServer
    private var tls: OpaquePointer?
    private var unread: [UInt8] = []
    private var tag = ""

    init(client: Int32, context: ServerContext, server: ScriptedServer) {
        self.client = client
        self.context = context
        self.server = server
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var yes: Int32 = 1
        setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    func play(_ script: Transcript) {
        var isOpen = true
        for step in script.steps {
            guard isOpen else { break }
            switch step {
            case .handshake: isOpen = handshake()
            case .say(let bytes): isOpen = say(bytes)
            case .expect(let pattern): isOpen = expect(pattern)
            case .body: isOpen = body()
            case .read(let count): isOpen = read(count)
            case .pause(let milliseconds): usleep(UInt32(milliseconds) * 1_000)
            case .stall: drain()
            case .freeze: freeze()
            case .close: isOpen = false
            case .reset:
                var rude = linger(l_onoff: 1, l_linger: 0)
                setsockopt(client, SOL_SOCKET, SO_LINGER, &rude, socklen_t(MemoryLayout<linger>.size))
                isOpen = false
            }
        }
        if script.steps.last.map({ ![.close, .reset, .stall, .freeze].contains($0) }) ?? true, isOpen {
            drain()
        }
        if let tls { SSL_free(tls) }
        close(client)
    }

    private func handshake() -> Bool {
        guard let new = SSL_new(context.pointer) else { return false }
        SSL_set_fd(new, client)
        guard SSL_accept(new) == 1 else {
            server.note { $0.deviations.append("no TLS handshake") }
            SSL_free(new)
            ERR_clear_error()
            return false
        }
        tls = new
        unread = []
        return true
    }

    private func say(_ bytes: [UInt8]) -> Bool {
        let said = bytes.replacing(Array("{tag}".utf8), with: Array(tag.utf8))
        var sent = 0
        while sent < said.count {
            let rest = Array(said[sent...])
            let count =
                if let tls {
                    Int(SSL_write(tls, rest, Int32(rest.count)))
                } else {
                    send(client, rest, rest.count, Int32(MSG_NOSIGNAL))
                }
            guard count > 0 else {
                ERR_clear_error()
                return false
            }
            sent += count
        }
        return true
    }

    private func expect(_ pattern: String) -> Bool {
        guard let line = nextLine() else {
            server.note { $0.deviations.append("hung up instead of: \(pattern)") }
            return false
        }
        server.note { $0.lines.append(line) }
        guard Transcript.matches(line, pattern) else {
            server.note { $0.deviations.append("said \(line) instead of: \(pattern)") }
            return false
        }
        if pattern.hasPrefix("… ") { tag = String(line.prefix { $0 != " " }) }
        return true
    }

    private func body() -> Bool {
        var text: [UInt8] = [13, 10]
        while !text.reversed().starts(with: [10, 13, 46, 10, 13]) {
            guard let byte = nextByte() else {
                server.note { $0.deviations.append("hung up before the final dot") }
                return false
            }
            text.append(byte)
        }
        server.note { $0.bodies.append(Array(text.dropFirst(2).dropLast(3))) }
        return true
    }

    private func read(_ count: Int) -> Bool {
        for _ in 0..<count where nextByte() == nil {
            server.note { $0.deviations.append("hung up within \(count) bytes") }
            return false
        }
        return true
    }

    /// Reads nothing until the test is done with the client, whose writes come to a stop.
    ///
    /// Its leaving cannot be seen meanwhile: the end of the stream stands behind what is not read.
    private func freeze() {
        for _ in 0..<6_000 where !server.recordSoFar.isAwaited { usleep(10_000) }
    }

    /// Reads until the client leaves.
    private func drain() {
        repeat { unread = [] } while fill()
    }

    private func nextLine() -> String? {
        var line: [UInt8] = []
        while let byte = nextByte() {
            if byte == 10 {
                return String(decoding: line.last == 13 ? line.dropLast() : line[...], as: UTF8.self)
            }
            line.append(byte)
        }
        return nil
    }

    private func nextByte() -> UInt8? {
        if unread.isEmpty, !fill() { return nil }
        return unread.popLast()
    }

    /// Reads what there is; false when the client has left.
    private func fill() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count =
            tls.map { Int(SSL_read($0, &buffer, Int32(buffer.count))) }
            ?? recv(client, &buffer, buffer.count, 0)
        guard count > 0 else {
            ERR_clear_error()
            return false
        }
        unread = buffer.prefix(count).reversed()
        server.note { [isTLS = tls != nil] in
            if isTLS { $0.inTLS += buffer.prefix(count) } else { $0.inTheClear += buffer.prefix(count) }
        }
        return true
    }
}
