import CCurl
import Glibc

extension HTTPRequest {
    /// Asks, and waits for the whole answer.
    ///
    /// Blocks: call it on a ``WorkerPool``.
    ///
    /// - Parameters:
    ///   - within: The limit for all of it.
    ///   - limit: The most bytes of an answer's body.
    /// - Throws: When there was no complete answer. An answer that says no is an answer.
    package func perform(
        within: Duration = .seconds(20), limit: Int = 1 << 20, cancellation: Cancellation = Cancellation()
    ) throws(HTTPFailure) -> HTTPResponse {
        guard CurlLibrary.isReady, let handle = unsafe curl_easy_init() else {
            throw HTTPFailure(reason: .configuration, text: "libcurl could not be initialised")
        }
        defer { unsafe curl_easy_cleanup(handle) }
        guard isAllowed else {
            throw HTTPFailure(
                reason: .configuration, text: "Not a URL that is asked: it has to begin with https://")
        }
        let lines = headers.map { "\($0.name): \($0.value)" }
        guard lines.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }) else {
            throw HTTPFailure(reason: .configuration, text: "A header field holds a control character")
        }
        let exchange = unsafe CurlExchange(handle: handle, limit: limit, cancellation: cancellation)
        return try exchange.perform(self, lines: lines, deadline: Deadline.after(within))
    }
}

/// One request under way: what libcurl's callbacks see.
///
/// Lives on the stack of one blocking call; libcurl holds an unretained pointer to it no longer than
/// ``perform(_:lines:deadline:)`` runs.
@safe
private final class CurlExchange: CurlCall {
    let handle: UnsafeMutableRawPointer
    private let limit: Int
    let cancellation: Cancellation
    private var body: [UInt8] = []
    private var head: [UInt8] = []
    private var isOverLimit = false
    /// Whether an address was turned down because it is no public one.
    private var isOutOfReach = false

    init(handle: UnsafeMutableRawPointer, limit: Int, cancellation: Cancellation) {
        unsafe self.handle = handle
        self.limit = limit
        self.cancellation = cancellation
    }

    func perform(
        _ request: HTTPRequest, lines: [String], deadline: Deadline
    ) throws(HTTPFailure) -> HTTPResponse {
        set(CURLOPT_URL, request.url)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_USERAGENT, "Purr")
        verifyServer(caFile: request.caFile)
        setLimit(deadline)
        var list: UnsafeMutablePointer<curl_slist>?
        // Not "Expect: 100-continue": a second of waiting wherever a server does not know it.
        for line in lines + ["Expect:"] { unsafe list = curl_slist_append(list, line) }
        defer { unsafe curl_slist_free_all(list) }
        unsafe purr_curl_set_pointer(handle, CURLOPT_HTTPHEADER, list)

        unsafe purr_curl_set_bytes_callback(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            unsafe CurlExchange.at(context).take(bytes, count: size * count)
        }
        unsafe purr_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        unsafe purr_curl_set_bytes_callback(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            unsafe CurlExchange.at(context).takeHead(bytes, count: size * count)
        }
        unsafe purr_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        unsafe purr_curl_set_progress_callback(handle) { context, _, _, _, _ in
            unsafe CurlExchange.at(context).cancellation.isCancelled ? 1 : 0
        }
        unsafe purr_curl_set_pointer(handle, CURLOPT_XFERINFODATA, context)
        set(CURLOPT_NOPROGRESS, 0)
        if request.reach == .openInternet {
            // A proxy would connect to what we cannot see.
            set(CURLOPT_PROXY, "")
            // At the address itself, after the name was resolved: a name may resolve differently a second time.
            unsafe purr_curl_set_opensocket_callback(handle) { context, purpose, address in
                unsafe CurlExchange.at(context).socket(for: address)
            }
            unsafe purr_curl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context)
        }

        let code: CURLcode
        switch request.method {
        case .get:
            set(CURLOPT_HTTPGET, 1)
            code = unsafe curl_easy_perform(handle)
        case .post:
            set(CURLOPT_POST, 1)
            set(CURLOPT_POSTFIELDSIZE, request.body.count)
            code = unsafe request.body.withUnsafeBytes { bytes in
                // Not copied by libcurl, and never written to: it lives as long as the call.
                unsafe purr_curl_set_pointer(
                    handle, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
                return unsafe curl_easy_perform(handle)
            }
        }
        guard code == CURLE_OK else { throw failure(code, request) }
        var status = 0
        unsafe purr_curl_response_code(handle, &status)
        return HTTPResponse(status: status, headers: fields, body: body)
    }

    private func failure(_ code: CURLcode, _ request: HTTPRequest) -> HTTPFailure {
        let reason: HTTPFailure.Reason =
            switch code {
            case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
                .certificate
            case CURLE_SSL_CACERT_BADFILE, CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .configuration
            case CURLE_WRITE_ERROR, CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2, CURLE_BAD_CONTENT_ENCODING:
                .unusableAnswer
            case CURLE_ABORTED_BY_CALLBACK: .cancelled
            default: .unreachable
            }
        if isOutOfReach {
            return HTTPFailure(
                reason: .configuration,
                text: "Asking \(request.authority): it is at a private address, which is not asked")
        }
        let words = isOverLimit ? "the answer is too long" : CurlFailure.sentence(for: code)
        return HTTPFailure(reason: reason, text: "Asking \(request.authority): \(words)")
    }

    /// The fields of the last head: before it may have come one of a 1xx answer.
    private var fields: [String: String] {
        var fields: [String: String] = [:]
        for line in head.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("HTTP/") { fields = [:] }
            guard let colon = text.firstIndex(of: ":") else { continue }
            let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            fields[text[..<colon].lowercased()] = String(value)
        }
        return fields
    }

    /// A socket for an address of the open Internet; none for another.
    private func socket(for address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
        guard let address = unsafe address else { return -1 }
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = unsafe purr_curl_address(address, &bytes)
        guard count > 0, InternetAddress.isPublic(bytes.prefix(Int(count))) else {
            isOutOfReach = true
            return -1
        }
        let (family, kind) = unsafe (address.pointee.family, address.pointee.socktype)
        return Glibc.socket(family, kind | Int32(SOCK_CLOEXEC.rawValue), unsafe address.pointee.protocol)
    }

    private func take(_ bytes: UnsafeMutablePointer<CChar>?, count: Int) -> Int {
        guard let bytes = unsafe bytes, body.count + count <= limit else {
            isOverLimit = true
            return 0
        }
        unsafe body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }

    private func takeHead(_ bytes: UnsafeMutablePointer<CChar>?, count: Int) -> Int {
        guard let bytes = unsafe bytes, head.count + count <= 65_536 else {
            isOverLimit = true
            return 0
        }
        unsafe head.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }
}
