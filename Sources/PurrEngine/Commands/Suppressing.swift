package import Foundation
package import PurrMail
internal import PurrSequences
internal import PurrStore

/// Somebody whom nothing is sent to: an address, or everybody at a domain.
package enum Silenced: Sendable, Hashable {
    case address(EmailAddress)
    /// In small letters, without `@`.
    case domain(String)

    /// Reads `kari@example.org`, or `@example.org` for a whole domain.
    package init?(_ text: String) {
        if text.hasPrefix("@") {
            // A domain is what can stand after somebody's @.
            guard let address = EmailAddress("x" + text) else { return nil }
            self = .domain(address.domain)
        } else {
            guard let address = EmailAddress(text) else { return nil }
            self = .address(address)
        }
    }

    package var key: String {
        switch self {
        case .address(let address): address.key
        case .domain(let domain): "@\(domain)"
        }
    }
}

extension Commands {
    /// All whom nothing is sent to.
    package func suppressions() throws -> [(address: String, reason: String, at: Date)] {
        try look { try $0.suppressions() }
    }

    /// Never writes to them again; what is under way for an address ends.
    ///
    /// - Returns: How many enrollments ended.
    package func suppress(_ silenced: Silenced) throws -> Int {
        try change { transaction in
            switch silenced {
            case .domain(let domain):
                try transaction.suppress(
                    domain: domain, because: .unsubscribed, evidence: "by hand", at: now)
                // The machine looks before each send, so enrollments of the domain end by themselves.
                return 0
            case .address(let address):
                try transaction.suppress(address, because: .unsubscribed, evidence: "by hand", at: now)
                guard let contact = try transaction.contact(address) else { return 0 }
                var ended = 0
                for enrollment in try transaction.enrollments(of: contact.id) where enrollment.state.isOpen
                {
                    let detail = "\(address) was put on the suppression list by hand"
                    guard
                        try transaction.unenroll(
                            enrollment.id, because: .unsubscribed, detail: detail, at: now)
                    else { continue }
                    try transaction.append(
                        Event(
                            at: now, .suppressed, mailbox: enrollment.mailbox, enrollment: enrollment.id,
                            "\(detail)."))
                    ended += 1
                }
                return ended
            }
        }
    }

    /// Lets them be written to again.
    package func unsuppress(_ silenced: Silenced) throws {
        try change { transaction in
            guard try transaction.unsuppress(silenced.key) else {
                throw CommandError(.badData, "\(silenced.key) is not on the suppression list.")
            }
        }
    }
}
