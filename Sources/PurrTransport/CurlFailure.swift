import CCurl
import PurrMail

/// Turns libcurl's result codes, and what the server had said by then, into a reason.
enum CurlFailure {
    /// libcurl's own words for a code.
    static func sentence(for code: CURLcode) -> String {
        unsafe curl_easy_strerror(code).map { unsafe String(cString: $0) } ?? "error \(code.rawValue)"
    }

    /// Why a connection could not be opened.
    ///
    /// - Parameters:
    ///   - detail: libcurl's error buffer: more exact than the code, and free of secrets.
    ///   - lines: The server's lines so far; the code alone does not tell a wrong password from a
    ///     server without a usable mechanism.
    static func opening(
        _ code: CURLcode, detail: String, lines: [String], proto: MailStream.MailProtocol,
        endpoint: Endpoint
    ) -> MailServerFailure {
        let words = detail.isEmpty ? sentence(for: code) : detail
        func failure(_ reason: MailServerFailure.Reason, _ text: String) -> MailServerFailure {
            MailServerFailure(reason, "Connecting to \(endpoint): \(text)")
        }
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            return failure(.certificate, words)
        case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CRL_BADFILE,
            CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_NOT_BUILT_IN:
            return failure(.configuration, words)
        case CURLE_USE_SSL_FAILED:
            return failure(.noTLS, "the server does not offer STARTTLS")
        case CURLE_SSL_CONNECT_ERROR:
            // The handshake failed: by the server's absence (try again), or because it does not speak TLS.
            let isBroken = ["reset", "eof", "SSL_ERROR_SYSCALL", "Broken pipe", "timed out"].contains {
                words.contains($0)
            }
            return failure(isBroken ? .unreachable : .noTLS, words)
        case CURLE_REMOTE_ACCESS_DENIED:
            // EHLO was refused, and without it there is no STARTTLS.
            let refusal = refusal(lines: lines, proto: proto)
            return failure(refusal?.isTransient ?? false ? .unreachable : .noTLS, refusal?.text ?? words)
        case CURLE_WRITE_ERROR:
            return failure(.protocolViolation, "the server says too much before the login")
        case CURLE_ABORTED_BY_CALLBACK:
            return MailStream.cancelled
        case CURLE_LOGIN_DENIED, CURLE_AUTH_ERROR:
            return login(lines: lines, proto: proto, endpoint: endpoint) ?? failure(.configuration, words)
        case CURLE_WEIRD_SERVER_REPLY, CURLE_SEND_ERROR, CURLE_RECV_ERROR:
            if let refusal = refusal(lines: lines, proto: proto) {
                return failure(refusal.isTransient ? .unreachable : .refused, refusal.text)
            }
            return failure(code == CURLE_WEIRD_SERVER_REPLY ? .protocolViolation : .unreachable, words)
        default:
            return failure(.unreachable, words)
        }
    }

    /// 67 means a wrong password only where the server said so: a tagged `NO` (IMAP), a 5xx to `AUTH`
    /// (SMTP).
    ///
    /// Otherwise nothing was tried: `LOGINDISABLED`, no common mechanism.
    private static func login(
        lines: [String], proto: MailStream.MailProtocol, endpoint: Endpoint
    ) -> MailServerFailure? {
        guard let refusal = refusal(lines: lines, proto: proto) else {
            return MailServerFailure(
                .configuration,
                "Logging in at \(endpoint): the server offers no way to log in that can be used here")
        }
        return MailServerFailure(
            refusal.isTransient ? .unreachable : .loginRefused,
            "Login refused by \(endpoint): \(refusal.text)")
    }

    /// The server's last word, if it was a refusal.
    private static func refusal(
        lines: [String], proto: MailStream.MailProtocol
    ) -> (text: String, isTransient: Bool)? {
        guard let last = lines.last else { return nil }
        switch proto {
        case .smtp:
            guard last.utf8.count >= 3, let code = Int(last.prefix(3)), (400..<600).contains(code) else {
                return nil
            }
            return (last, code < 500)
        case .imap:
            let words = last.split(separator: " ", maxSplits: 2)
            guard words.count >= 2 else { return nil }
            let status = words[1].uppercased()
            guard ["NO", "BAD", "BYE"].contains(status) else { return nil }
            let text = words.count > 2 ? String(words[2]) : status
            // RFC 5530 §3: these say that the password is not what was wrong.
            let passing = ["[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[CONTACTADMIN]"]
            let isTransient = status == "BYE" || passing.contains { text.uppercased().hasPrefix($0) }
            return (text, isTransient)
        }
    }
}
