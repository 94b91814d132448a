import CCurl
package import PurrMail

extension MailStream {
    /// Connects, verifies the certificate and the name in it, and logs in.
    ///
    /// No byte of the credential leaves before the certificate was verified; with
    /// ``Endpoint/Security/starttls`` nothing but `CAPABILITY` or `EHLO` and `STARTTLS` does.
    ///
    /// - Parameters:
    ///   - within: The limit for all of it: name, connection, TLS, login.
    ///   - cancellation: Ends the attempt within a second, and every later wait of the stream.
    /// - Throws: The reason tells what can be done: ``MailServerFailure/Reason/certificate`` and
    ///   ``MailServerFailure/Reason/noTLS`` (nothing was sent), `loginRefused` (the server said no to
    ///   the credential), `configuration` (no common mechanism, `LOGINDISABLED`, `PREAUTH`, unusable
    ///   settings), `unreachable`, `protocolViolation`, `cancelled`.
    package static func open(
        _ endpoint: Endpoint, as proto: MailProtocol, credential: Credential,
        within: Duration = .seconds(30), cancellation: Cancellation = Cancellation()
    ) throws(MailServerFailure) -> MailStream {
        guard CurlLibrary.isReady else {
            throw MailServerFailure(.configuration, "libcurl could not be initialised")
        }
        guard credential.isSendable else {
            throw MailServerFailure(
                .configuration, "User name or password is empty or holds a control character")
        }
        guard let host = endpoint.urlHost, (1...65_535).contains(endpoint.port) else {
            throw MailServerFailure(.configuration, "Not a server's name and port: \(endpoint)")
        }
        if cancellation.isCancelled { throw cancelled }
        let deadline = Deadline.after(within)
        var attempts = mechanisms(for: credential)[...]
        while true {
            let mechanism = attempts.popFirst()
            do throws(MailServerFailure) {
                return try attempt(
                    endpoint, host: host, as: proto, credential: credential, mechanism: mechanism ?? nil,
                    until: deadline, cancellation: cancellation)
            } catch {
                guard error.reason == .configuration, !attempts.isEmpty, !deadline.hasPassed else {
                    throw error
                }
            }
        }
    }

    /// What to tell libcurl to log in with, in the order of trying; nil is its own choice.
    ///
    /// For a password, `PLAIN` and `LOGIN` come first: libcurl 7.88.1 prefers GSSAPI wherever it is
    /// offered and the user name holds an `@`, and without a ticket does not fall back. Its own choice
    /// then covers servers that know only the `LOGIN` command, or CRAM-MD5. A token is never
    /// accompanied by a password, or libcurl would try `PLAIN`.
    private static func mechanisms(for credential: Credential) -> [String?] {
        switch credential {
        case .password: ["AUTH=PLAIN;AUTH=LOGIN", nil]
        case .bearer(_, _, .xoauth2): ["AUTH=XOAUTH2"]
        case .bearer(_, _, .oauthbearer): ["AUTH=OAUTHBEARER"]
        case .bearer(_, _, .either): ["AUTH=OAUTHBEARER;AUTH=XOAUTH2"]
        }
    }

    private static func attempt(
        _ endpoint: Endpoint, host: String, as proto: MailProtocol, credential: Credential,
        mechanism: String?,
        until deadline: Deadline, cancellation: Cancellation
    ) throws(MailServerFailure) -> MailStream {
        guard let handle = unsafe curl_easy_init() else {
            throw MailServerFailure(.unreachable, "Out of memory")
        }
        let opening = unsafe CurlOpening(
            handle: handle, cancellation: cancellation, secret: credential.secret)
        var isOpen = false
        defer { if !isOpen { unsafe curl_easy_cleanup(handle) } }

        opening.configure(endpoint, host: host, as: proto, credential: credential, mechanism: mechanism)
        let code = opening.perform(within: deadline)
        let lines = opening.lines
        func refuse(_ reason: MailServerFailure.Reason, _ text: String) -> MailServerFailure {
            MailServerFailure(reason, "Connecting to \(endpoint): \(text)")
        }
        guard code == CURLE_OK else {
            if cancellation.isCancelled { throw cancelled }
            throw CurlFailure.opening(
                code, detail: opening.detail, lines: lines, proto: proto, endpoint: endpoint)
        }
        switch proto {
        case .imap:
            // libcurl takes PREAUTH on implicit TLS for a login: somebody else's, for all we know.
            if lines.first?.uppercased().hasPrefix("* PREAUTH") ?? true {
                opening.hangUp()
                throw refuse(.configuration, "the server says that somebody is logged in already (PREAUTH)")
            }
        case .smtp:
            // Without AUTH among the extensions (or after EHLO was refused) libcurl reports success.
            guard lines.contains(where: { $0.hasPrefix("235") }) else {
                opening.hangUp()
                throw refuse(.configuration, "the server offers no way to log in")
            }
        }
        guard let socket = opening.socket else { throw refuse(.unreachable, "the connection is gone") }
        opening.finish()
        isOpen = true
        return unsafe MailStream(handle: handle, socket: socket, opening: lines, cancellation: cancellation)
    }
}
