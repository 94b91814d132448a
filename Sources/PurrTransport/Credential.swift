/// What proves to a mail server that it is us.
///
/// Its descriptions never show the secret, so that no log or error can.
package enum Credential: Hashable, Sendable {
    case password(user: String, password: String)
    /// An OAuth 2.0 access token.
    case bearer(user: String, token: String, mechanism: BearerMechanism)

    /// How a token is presented.
    ///
    /// A server may offer one and accept only the other.
    package enum BearerMechanism: String, Sendable, Codable, CaseIterable {
        /// Google's and Microsoft's own, older than the RFC.
        case xoauth2
        /// RFC 7628.
        case oauthbearer
        /// Whichever the server offers.
        case either
    }

    /// The name to log in as.
    package var user: String {
        switch self {
        case .password(let user, _), .bearer(let user, _, _): user
        }
    }

    var secret: String {
        switch self {
        case .password(_, let password): password
        case .bearer(_, let token, _): token
        }
    }

    /// No control character in either part, and neither of them empty.
    ///
    /// On a server with nothing but `LOGIN`, libcurl 7.88.1 was seen to send a password with CRLF as
    /// two commands.
    package var isSendable: Bool {
        [user, secret].allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        }
    }
}

extension Credential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Kind and user, never the secret.
    package var description: String {
        switch self {
        case .password(let user, _): "password of \(user)"
        case .bearer(let user, _, let mechanism): "\(mechanism.rawValue) token of \(user)"
        }
    }

    package var debugDescription: String { description }

    /// Keeps `dump` and string interpolation of a type that holds one from showing the secret.
    package var customMirror: Mirror { Mirror(self, children: ["credential": description]) }
}
