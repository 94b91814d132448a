import CCares
import Glibc

/// Where a domain offers a service, as its name server says.
///
/// Source: RFC 2782; for mail RFC 6186 and RFC 8314 §5.1.
package struct ServiceRecord: Hashable, Sendable {
    /// Without a final dot.
    package let host: String
    package let port: Int
    /// Lower is tried first.
    package let priority: Int
    /// Among equals, higher is tried more often.
    package let weight: Int
}

/// Asks for the `SRV` records of a name such as `_imaps._tcp.example.org`.
///
/// Blocks.
///
/// - Parameters:
///   - server: A name server to ask instead of the system's, for tests.
///   - timeout: The limit for all attempts together.
/// - Returns: The lowest priority first, then the highest weight. Empty when there are none, when the
///   domain says that it does not offer the service (a target of `.`), or when nobody answered: in each
///   case the caller guesses.
package func serviceRecords(
    for name: String, server: (host: String, port: Int)? = nil, timeout: Duration = .seconds(5)
) -> [ServiceRecord] {
    guard CaresLibrary.isReady, name.utf8.count <= 253,
        name.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
        return []
    }
    return CaresQuery(server: server)?.records(for: name, until: .after(timeout)) ?? []
}

private enum CaresLibrary {
    static let isReady = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS
}

/// One question to a name server, on the stack of one blocking call.
@safe
private final class CaresQuery {
    private let channel: ares_channel
    private var records: [ServiceRecord] = []
    private var isAnswered = false

    init?(server: (host: String, port: Int)?) {
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

    func records(for name: String, until deadline: Deadline) -> [ServiceRecord] {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe ares_query(
            channel, name, purr_dns_class_in, purr_dns_type_srv,
            { context, status, _, bytes, count in
                guard let context = unsafe context else { return }
                let query = unsafe Unmanaged<CaresQuery>.fromOpaque(context).takeUnretainedValue()
                unsafe query.read(status: status, bytes: bytes, count: count)
            }, context)
        while !isAnswered, !deadline.hasPassed { wait(until: deadline) }
        // Calls the callback of an unfinished question, while this object still lives.
        unsafe ares_cancel(channel)
        return records.sorted {
            ($0.priority, -$0.weight, $0.host) < ($1.priority, -$1.weight, $1.host)
        }
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
        isAnswered = true
        guard status == ARES_SUCCESS, let bytes = unsafe bytes else { return }
        var first: UnsafeMutablePointer<ares_srv_reply>?
        guard unsafe ares_parse_srv_reply(bytes, count, &first) == ARES_SUCCESS else { return }
        defer { unsafe ares_free_data(first) }
        var next = unsafe first
        while let reply = unsafe next {
            let host = unsafe String(cString: reply.pointee.host)
            if !host.isEmpty, host != "." {
                records.append(
                    ServiceRecord(
                        host: host.hasSuffix(".") ? String(host.dropLast()) : host,
                        port: Int(unsafe reply.pointee.port),
                        priority: Int(unsafe reply.pointee.priority),
                        weight: Int(unsafe reply.pointee.weight)))
            }
            unsafe next = reply.pointee.next
        }
    }
}
