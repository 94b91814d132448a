import CCurl
import Glibc
import PurrMail

/// One attempt to open a connection: the options, and what the callbacks see meanwhile.
///
/// Lives on the stack of one blocking call; libcurl holds an unretained pointer to it no longer than
/// ``perform(within:)`` runs.
@safe
final class CurlOpening: CurlCall {
    let handle: UnsafeMutableRawPointer
    let cancellation: Cancellation
    private let secret: String
    private var errorBuffer = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
    private var received: [UInt8] = []

    init(handle: UnsafeMutableRawPointer, cancellation: Cancellation, secret: String) {
        unsafe self.handle = handle
        self.cancellation = cancellation
        self.secret = secret
    }

    /// The server's lines so far, readable, and without the credential should a server repeat it.
    var lines: [String] {
        received.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).map { line in
            let text = String(
                decoding: line.prefix(2_000).map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
            return secret.utf8.count < 4
                ? text
                : text.split(separator: secret, omittingEmptySubsequences: false)
                    .joined(separator: "…")
        }
    }

    /// libcurl's description of the last error; empty when there is none.
    private(set) var detail = ""

    /// The most of the server's words before the end of the login.
    private static let mostReceived = 65_536

    func configure(
        _ endpoint: Endpoint, host: String, as proto: MailStream.MailProtocol, credential: Credential,
        mechanism: String?
    ) {
        let scheme = endpoint.security == .tls ? "\(proto.rawValue)s" : proto.rawValue
        // The path of an SMTP URL is the name in EHLO. An address literal, as other clients send it,
        // keeps this machine's name out of every mail's Received field.
        let path = proto == .smtp ? "/%5B127.0.0.1%5D" : "/"
        set(CURLOPT_URL, "\(scheme)://\(host):\(endpoint.port)\(path)")
        set(CURLOPT_PROTOCOLS_STR, scheme)
        set(CURLOPT_CONNECT_ONLY, 1)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_TCP_KEEPIDLE, 120)
        set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        verifyServer(caFile: endpoint.caFile)
        set(CURLOPT_USERNAME, credential.user)
        switch credential {
        case .password(_, let password): set(CURLOPT_PASSWORD, password)
        case .bearer(_, let token, _): set(CURLOPT_XOAUTH2_BEARER, token)
        }
        if let mechanism { set(CURLOPT_LOGIN_OPTIONS, mechanism) }
    }

    /// Connects and logs in.
    func perform(within deadline: Deadline) -> CURLcode {
        unsafe purr_curl_set_bytes_callback(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            unsafe CurlOpening.at(context).receive(bytes, count: size * count)
        }
        unsafe purr_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        unsafe purr_curl_set_progress_callback(handle) { context, _, _, _, _ in
            unsafe CurlOpening.at(context).cancellation.isCancelled ? 1 : 0
        }
        unsafe purr_curl_set_pointer(handle, CURLOPT_XFERINFODATA, context)
        set(CURLOPT_NOPROGRESS, 0)
        setLimit(deadline)
        let code = unsafe errorBuffer.withUnsafeMutableBufferPointer { buffer in
            unsafe purr_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, buffer.baseAddress)
            let code = unsafe curl_easy_perform(handle)
            unsafe purr_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, nil)
            return code
        }
        unsafe purr_curl_set_pointer(handle, CURLOPT_HEADERDATA, nil)
        unsafe purr_curl_set_bytes_callback(handle, CURLOPT_HEADERFUNCTION, nil)
        unsafe purr_curl_set_progress_callback(handle, nil)
        set(CURLOPT_NOPROGRESS, 1)
        let text = errorBuffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        detail = String(decoding: text, as: UTF8.self)
        return code
    }

    /// The socket of the open connection.
    var socket: Int32? {
        var socket: curl_socket_t = -1
        let code = unsafe purr_curl_active_socket(handle, &socket)
        return code == CURLE_OK && socket >= 0 ? socket : nil
    }

    /// Takes the credential out of the handle, which lives as long as the connection.
    func finish() {
        set(CURLOPT_PASSWORD, nil)
        set(CURLOPT_XOAUTH2_BEARER, nil)
        set(CURLOPT_TIMEOUT_MS, 0)
    }

    /// Ends a connection that is not to be used, so that cleaning up does not talk over it.
    func hangUp() {
        if let socket { _ = shutdown(socket, Int32(SHUT_RDWR)) }
    }

    private func receive(_ bytes: UnsafeMutablePointer<CChar>?, count: Int) -> Int {
        guard let bytes = unsafe bytes, received.count + count <= Self.mostReceived else { return 0 }
        unsafe received.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }
}
