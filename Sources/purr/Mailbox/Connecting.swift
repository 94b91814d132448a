import Foundation
import PurrEngine
import PurrMail
import PurrStore
import PurrTransport

// From what the database keeps to what the transport takes.

extension MailboxSettings.Server {
    /// - Parameter caFile: The private CA's PEM file; nil for the system's authorities.
    func endpoint(caFile: String?) -> Endpoint {
        Endpoint(host: host, port: port, security: security == .tls ? .tls : .starttls, caFile: caFile)
    }
}

extension MailboxSettings {
    /// What to log in with.
    func credential(_ secret: Secret) -> Credential {
        switch secret {
        case .password(let password): .password(user: user, password: password)
        // Its token is kept apart: see `CredentialKeeper`. One that is empty is never sent.
        case .signIn: .bearer(user: user, token: "", mechanism: .either)
        case .token(let token):
            .bearer(
                user: user, token: token,
                mechanism: authentication == .oauthbearer ? .oauthbearer : .xoauth2)
        }
    }

    /// Both servers, with the private CA in a file.
    ///
    /// - Parameter file: Where the CA lies already.
    func endpoints(in folder: DataFolder, ca file: String? = nil) throws -> (imap: Endpoint, smtp: Endpoint)
    {
        let file = try file ?? certificateAuthority.map { try folder.authorityFile($0) }
        return (imap.endpoint(caFile: file), smtp.endpoint(caFile: file))
    }

    init?(of mailbox: MailboxRecord) {
        guard let settings = Document.value(MailboxSettings.self, from: mailbox.settings) else {
            return nil
        }
        self = settings
    }
}
