package import PurrMail

/// What to look up in the database to find out whose message this is.
///
/// Source: spec R2.
package struct MatchKeys: Sendable {
    /// ``MessageID/matchingKey`` of every id that may be ours, strongest rung first.
    package let ids: [(key: String, rung: Rung)]
    /// Who wrote it: `From`, then `Sender` and `Reply-To`.
    package let senders: [EmailAddress]
    /// ``EmailAddress/key`` and ``EmailAddress/canonicalKey`` of each of them, once.
    package let addressKeys: [String]
    private let header: MessageHeader

    /// From the header alone.
    package init(_ header: MessageHeader) {
        self.init(header, returned: [])
    }

    /// From the whole message: adds the ids in what a report says and returns (rung 3).
    package init(_ message: IncomingMessage) {
        guard bodyIsNeeded(by: message.header) else {
            self.init(message.header, returned: [])
            return
        }
        self.init(
            message.header,
            returned: Self.reported(in: message) + (ReturnedMessage.find(in: message)?.ids ?? [])
                + NamedIDs.all(in: message.plainText ?? ""))
    }

    /// The ids among the fields of a report: RFC 8098 §3.2.5 has `Original-Message-ID`, others use it too.
    private static func reported(in message: IncomingMessage) -> [MessageID] {
        message.parts.filter { $0.enclosure == 0 && reportParts.contains($0.contentType.essence) }
            .flatMap { MessageHeader.groups($0.decoded(limit: 65_536), limit: 16) }
            .flatMap { group in vendorFields.flatMap { group.ids($0) } }
    }

    private static let reportParts: Set<String> = [
        "message/disposition-notification", "message/global-disposition-notification",
        "message/delivery-status", "message/global-delivery-status", "message/feedback-report",
    ]

    private init(_ header: MessageHeader, returned: [MessageID]) {
        self.header = header
        var ids: [(key: String, rung: Rung)] = []
        // What is answered usually ends the references too; further repetitions do no harm.
        func add(_ key: String, _ rung: Rung) {
            if !ids.prefix(16).contains(where: { $0.key == key }) { ids.append((key, rung)) }
        }
        for key in header.matchingKeys("In-Reply-To") { add(key, .inReplyTo) }
        for key in header.matchingKeys("References") { add(key, .references) }
        for field in Self.vendorFields {
            for key in header.matchingKeys(field) { add(key, .vendorHeader) }
        }
        for id in returned { add(id.matchingKey, .vendorHeader) }
        if let key = header.raw("Thread-Index").flatMap(Self.threadIndexKey) { add(key, .threadIndex) }
        self.ids = ids

        var senders: [EmailAddress] = []
        for field in ["From", "Sender", "Reply-To"] {
            for address in header.bareAddresses(field).prefix(8) where !senders.contains(address) {
                senders.append(address)
            }
        }
        self.senders = senders
        var addressKeys: [String] = []
        for sender in senders {
            for key in [sender.key, sender.canonicalKey] where !addressKeys.contains(key) {
                addressKeys.append(key)
            }
        }
        self.addressKeys = addressKeys
    }

    /// Spec R2.3.
    static let vendorFields = [
        "X-MS-Exchange-Parent-Message-Id", "X-Microsoft-Original-Message-ID", "Original-Message-ID",
        "X-Original-Message-ID",
    ]

    /// Who received it, besides us.
    package var recipients: [EmailAddress] { header.bareAddresses("To") + header.bareAddresses("Cc") }

    /// Whether it went through a list or is a newsletter (RFC 2919, RFC 2369).
    package var isListMail: Bool { header.contains("List-Id") || header.contains("List-Unsubscribe") }

    /// ``baseSubject(_:)`` in small letters.
    package var baseSubject: String { PurrMail.baseSubject(header.subject).lowercased() }

    /// The keys to look senders up by: ``EmailAddress/key``, ``EmailAddress/canonicalKey``, and `@domain`
    /// where a domain says something about a company.
    package var senderKeys: [String] {
        addressKeys + companyKeys
    }

    /// `@domain` of the sender's company; empty for list mail and for a provider's address.
    ///
    /// From `From` alone: who relays a mail is nobody's colleague.
    package var companyKeys: [String] {
        guard !isListMail, let domain = senders.first?.domain, !isMailProvider(domain: domain) else {
            return []
        }
        return ["@" + domain]
    }

    /// The key of a `Thread-Index`: what Exchange keeps in every reply (MS-OXOMSG §2.2.1.3: 22 bytes).
    ///
    /// - Returns: nil when it is too short to be one.
    package static func threadIndexKey(_ field: some Collection<UInt8>) -> String? {
        // 22 bytes are 29⅓ digits of base64: the first 29 are the same in every reply.
        let digits = field.lazy.filter { $0 > 0x20 && $0 < 0x7F }.prefix(29)
        let text = String(decoding: Array(digits), as: UTF8.self)
        return text.utf8.count == 29 ? "thread-index:" + text : nil
    }
}
