import CCares
import Glibc

/// A name server to ask instead of the system's.
package struct NameServer: Hashable, Sendable {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `127.0.0.1:5353`.
    ///
    /// - Returns: Nil for anything but an IPv4 address, with a port or without.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, parts.count <= 2,
            !host.isEmpty, host.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") })
        else { return nil }
        guard let port = parts.count == 2 ? Int(parts[1]) : 53, (1...65_535).contains(port) else {
            return nil
        }
        self.init(host: String(host), port: port)
    }
}

/// One question to a name server, on the stack of one blocking call.
@safe
final class CaresQuery {
    /// What came back.
    enum Answer {
        case reply([UInt8])
        /// The name is not there, or has no record of that type.
        case nothing
        case failed(String)
    }

    private let channel: ares_channel
    private var answer: Answer?

    private static let isLibraryReady = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS

    /// Asks; blocks.
    ///
    /// - Parameter timeout: The limit for all attempts together.
    static func ask(_ name: String, type: Int32, of server: NameServer?, timeout: Duration) -> Answer {
        guard isLibraryReady, name.utf8.count <= 253,
            name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let query = CaresQuery(server: server)
        else { return .failed("the name cannot be asked for") }
        return query.ask(name, type: type, until: .after(timeout))
    }

    /// A host without its final dot; empty for the root, which stands for no host.
    static func host(_ name: String) -> String { name.hasSuffix(".") ? String(name.dropLast()) : name }

    private init?(server: NameServer?) {
        var options = unsafe ares_options()
        unsafe options.timeout = 2_000
        unsafe options.tries = 2
        var made: ares_channel?
        let mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES
        guard unsafe ares_init_options(&made, &options, Int32(mask)) == ARES_SUCCESS,
            let made = unsafe made
        else { return nil }
        unsafe channel = made
        guard let server else { return }
        guard unsafe ares_set_servers_ports_csv(made, "\(server.host):\(server.port)") == ARES_SUCCESS
        else {
            unsafe ares_destroy(made)
            return nil
        }
    }

    deinit { unsafe ares_destroy(channel) }

    private func ask(_ name: String, type: Int32, until deadline: Deadline) -> Answer {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe ares_query(
            channel, name, purr_dns_class_in, type,
            { context, status, _, bytes, count in
                guard let context = unsafe context else { return }
                let query = unsafe Unmanaged<CaresQuery>.fromOpaque(context).takeUnretainedValue()
                unsafe query.read(status: status, bytes: bytes, count: count)
            }, context)
        while answer == nil, !deadline.hasPassed { wait(until: deadline) }
        // Calls the callback of an unfinished question, while this object still lives.
        unsafe ares_cancel(channel)
        return answer ?? .failed("no answer")
    }

    /// Lets c-ares read, send again, or give up.
    ///
    /// Wakes at least every 100 ms for its own timers.
    private func wait(until deadline: Deadline) {
        var sockets = [ares_socket_t](repeating: -1, count: Int(ARES_GETSOCK_MAXNUM))
        let bits = unsafe UInt32(bitPattern: ares_getsock(channel, &sockets, Int32(sockets.count)))
        var polled: [pollfd] = []
        for (index, socket) in sockets.enumerated() {
            var events: Int32 = 0
            if bits & (1 << UInt32(index)) != 0 { events |= Int32(POLLIN) }
            if bits & (1 << UInt32(index + Int(ARES_GETSOCK_MAXNUM))) != 0 { events |= Int32(POLLOUT) }
            if events != 0 { polled.append(pollfd(fd: socket, events: Int16(events), revents: 0)) }
        }
        _ = unsafe poll(&polled, nfds_t(polled.count), min(deadline.milliseconds, 100))
        for poll in polled where poll.revents != 0 {
            let isReadable = Int32(poll.revents) & ~Int32(POLLOUT) != 0
            let isWritable = Int32(poll.revents) & Int32(POLLOUT) != 0
            unsafe ares_process_fd(channel, isReadable ? poll.fd : -1, isWritable ? poll.fd : -1)
        }
        unsafe ares_process_fd(channel, -1, -1)
    }

    private func read(status: Int32, bytes: UnsafeMutablePointer<UInt8>?, count: Int32) {
        guard answer == nil else { return }
        switch status {
        case ARES_SUCCESS:
            answer = .reply(
                unsafe bytes.map { unsafe [UInt8](UnsafeBufferPointer(start: $0, count: Int(count))) } ?? []
            )
        case ARES_ENODATA, ARES_ENOTFOUND: answer = .nothing
        case ARES_ECANCELLED: answer = .failed("no answer in time")
        default: answer = .failed(unsafe String(cString: ares_strerror(status)))
        }
    }
}
