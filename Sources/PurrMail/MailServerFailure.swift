/// Why a mail server could not be used, whatever the protocol.
package struct MailServerFailure: Error, Hashable, Sendable {
    /// What a person or a machine can do about it.
    package enum Reason: String, Sendable, CaseIterable {
        /// No route, no name, refused, reset, timed out: the network or the server's absence.
        case unreachable
        /// Chain, host name or dates of the certificate did not verify. No credential was sent.
        case certificate
        /// TLS was asked for and the server did not offer it, or broke it off. No credential was sent.
        case noTLS
        /// The server said no to these credentials.
        case loginRefused
        /// No login mechanism in common, login disabled, PREAUTH: trying again cannot help.
        case configuration
        /// The server said something that is not the protocol; the connection was dropped.
        case protocolViolation
        /// A command was answered NO or BAD.
        case refused
        /// A limit of ours was reached: time or bytes.
        case limit
        /// We are shutting down.
        case cancelled
    }

    /// Whether trying again helps.
    package enum Retry: Hashable, Sendable { case later, needsHuman }

    package let reason: Reason
    /// The operation, then the cause, in the server's words where it gave some.
    ///
    /// Never a secret.
    package let text: String

    package init(_ reason: Reason, _ text: String) {
        self.reason = reason
        self.text = text
    }

    package var retry: Retry {
        switch reason {
        case .unreachable, .protocolViolation, .limit, .cancelled, .refused: .later
        case .certificate, .noTLS, .loginRefused, .configuration: .needsHuman
        }
    }
}

extension MailServerFailure: CustomStringConvertible {
    package var description: String { text }
}
