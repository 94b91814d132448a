package import Foundation

extension MessageHeader {
    /// This message's identity; nil when it has none that can be read.
    package var messageID: MessageID? { raw("Message-ID").flatMap { MessageID.list(in: $0).first } }

    /// What it answers (RFC 5322 §3.6.4), from every field of that name.
    package var inReplyTo: [MessageID] { ids("In-Reply-To") }

    /// The thread it stands in, root first, from every field of that name.
    package var references: [MessageID] { ids("References") }

    /// Every identity in the fields of that name.
    package func ids(_ name: String) -> [MessageID] {
        let values = allRaw(name).prefix(Self.repeatedFields)
        return values.count == 1 ? MessageID.list(in: values[0]) : values.flatMap { MessageID.list(in: $0) }
    }

    /// The authors.
    package var from: [NamedAddress] { addresses("From") }
    /// Who sent it for the authors.
    package var sender: [NamedAddress] { addresses("Sender") }
    /// Where answers are wanted.
    package var replyTo: [NamedAddress] { addresses("Reply-To") }
    /// The primary recipients.
    package var to: [NamedAddress] { addresses("To") }
    /// The recipients of a copy.
    package var cc: [NamedAddress] { addresses("Cc") }

    /// Every address in the fields of that name; what cannot be read is left out.
    package func addresses(_ name: String) -> [NamedAddress] {
        let values = allRaw(name).prefix(Self.repeatedFields)
        return values.count == 1
            ? NamedAddress.list(in: values[0]) : values.flatMap { NamedAddress.list(in: $0) }
    }

    /// The addresses in the fields of that name without reading the names: for looking up, cheaper.
    package func bareAddresses(_ name: String) -> [EmailAddress] {
        var addresses: [EmailAddress] = []
        forEachRaw(name, limit: Self.repeatedFields) { addresses += NamedAddress.addresses(in: $0) }
        return addresses
    }

    /// ``MessageID/matchingKey`` of every identity in the fields of that name: for looking up, cheaper.
    package func matchingKeys(_ name: String) -> [String] {
        var keys: [String] = []
        forEachRaw(name, limit: Self.repeatedFields) { keys += MessageID.matchingKeys(in: $0) }
        return keys
    }

    /// A field's value as ``first(_:)`` gives it, for a value that ``raw(_:)`` gave.
    package static func text(_ field: ArraySlice<UInt8>) -> String { EncodedWord.decoded(field) }

    /// The subject as a person reads it; empty when there is none.
    package var subject: String { first("Subject") ?? "" }

    /// When the author says it was written; nil when it does not say or cannot be read.
    package var date: Date? { raw("Date").flatMap(MailDate.date) }

    /// The media type of the body: `text/plain` where nothing readable is said (RFC 2045 §5.2).
    package var contentType: ContentType {
        raw("Content-Type").flatMap(ContentType.init(field:)) ?? .plainText
    }

    /// Fields that may stand once are read this often when they are repeated.
    private static var repeatedFields: Int { 16 }
}
