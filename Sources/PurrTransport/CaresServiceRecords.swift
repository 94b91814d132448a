import CCares

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
    for name: String, server: NameServer? = nil, timeout: Duration = .seconds(5)
) -> [ServiceRecord] {
    let answer = CaresQuery.ask(name, type: purr_dns_type_srv, of: server, timeout: timeout)
    guard case .reply(let bytes) = answer else { return [] }
    var records: [ServiceRecord] = []
    var first: UnsafeMutablePointer<ares_srv_reply>?
    guard unsafe ares_parse_srv_reply(bytes, Int32(bytes.count), &first) == ARES_SUCCESS else { return [] }
    defer { unsafe ares_free_data(first) }
    var next = unsafe first
    while let reply = unsafe next {
        let host = CaresQuery.host(unsafe String(cString: reply.pointee.host))
        if !host.isEmpty {
            records.append(
                ServiceRecord(
                    host: host, port: Int(unsafe reply.pointee.port),
                    priority: Int(unsafe reply.pointee.priority),
                    weight: Int(unsafe reply.pointee.weight)))
        }
        unsafe next = reply.pointee.next
    }
    return records.sorted { ($0.priority, -$0.weight, $0.host) < ($1.priority, -$1.weight, $1.host) }
}
