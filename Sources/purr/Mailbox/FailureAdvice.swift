import PurrMail

extension MailServerFailure {
    /// What a person can do about it.
    func advice(provider: Provider?, isToken: Bool) -> String {
        switch reason {
        case .unreachable:
            "Check the host, the port and the network; a firewall may close the port."
        case .certificate:
            "No password was sent. If the server has a private CA, give its certificate with --ca; else ask its administrator for a valid certificate."
        case .noTLS:
            "No password was sent. Try the other security (tls on 993 and 465, starttls on 143 and 587); without TLS Purr does not log in."
        case .loginRefused:
            if isToken {
                "Check the user name and get a fresh access token."
            } else if let provider, !provider.note.isEmpty {
                "\(provider.name) \(provider.note)."
            } else {
                "Check the user name and the password; many providers need an app password."
            }
        case .configuration:
            "The server and Purr have no way of logging in in common; ask the provider whether IMAP and SMTP login are switched on for the account."
        case .protocolViolation:
            "The server did not speak the protocol; check the port and its security."
        case .refused: "The server said no; its words tell why."
        case .limit: "The server took too long; try again."
        case .cancelled: "Try again."
        }
    }
}
