import CCares
package import PurrMail

/// Asks for the `TXT` records of a name, each as one text however many strings it came in.
///
/// Blocks.
///
/// - Parameters:
///   - server: A name server to ask instead of the system's, for tests.
///   - timeout: The limit for all attempts together.
package func textRecords(
    of name: String, server: NameServer? = nil, timeout: Duration = .seconds(5)
) -> NameAnswer<String> {
    let bytes: [UInt8]
    switch CaresQuery.ask(name, type: purr_dns_type_txt, of: server, timeout: timeout) {
    case .reply(let reply): bytes = reply
    case .nothing: return .records([])
    case .failed(let why): return .failed(why)
    }
    var first: UnsafeMutablePointer<ares_txt_ext>?
    let status = unsafe ares_parse_txt_reply_ext(bytes, Int32(bytes.count), &first)
    defer { unsafe ares_free_data(first) }
    guard status == ARES_SUCCESS else {
        return status == ARES_ENODATA ? .records([]) : .failed("the answer is damaged")
    }
    var texts: [[UInt8]] = []
    var next = unsafe first
    while let piece = unsafe next {
        // RFC 7208 §3.3: the strings of one record are put together without anything between them.
        if unsafe piece.pointee.record_start != 0 || texts.isEmpty { texts.append([]) }
        let string = unsafe [UInt8](
            UnsafeBufferPointer(start: piece.pointee.txt, count: piece.pointee.length))
        texts[texts.count - 1] += string
        unsafe next = piece.pointee.next
    }
    return .records(texts.map { String(decoding: $0, as: UTF8.self) })
}

/// Asks for the hosts that take mail for a domain, the most preferred first.
///
/// Blocks.
package func mailExchangers(
    of domain: String, server: NameServer? = nil, timeout: Duration = .seconds(5)
) -> NameAnswer<MailExchanger> {
    let bytes: [UInt8]
    switch CaresQuery.ask(domain, type: purr_dns_type_mx, of: server, timeout: timeout) {
    case .reply(let reply): bytes = reply
    case .nothing: return .records([])
    case .failed(let why): return .failed(why)
    }
    var first: UnsafeMutablePointer<ares_mx_reply>?
    let status = unsafe ares_parse_mx_reply(bytes, Int32(bytes.count), &first)
    defer { unsafe ares_free_data(first) }
    guard status == ARES_SUCCESS else {
        return status == ARES_ENODATA ? .records([]) : .failed("the answer is damaged")
    }
    var hosts: [MailExchanger] = []
    var next = unsafe first
    while let reply = unsafe next {
        hosts.append(
            MailExchanger(
                host: CaresQuery.host(unsafe String(cString: reply.pointee.host)),
                preference: Int(unsafe reply.pointee.priority)))
        unsafe next = reply.pointee.next
    }
    return .records(hosts.sorted { ($0.preference, $0.host) < ($1.preference, $1.host) })
}
