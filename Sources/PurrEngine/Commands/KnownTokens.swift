internal import PurrFiles
internal import PurrStore
internal import PurrTemplates

/// The tokens that can have a value, so that a slip of the pen is found before anybody is enrolled.
enum KnownTokens {
    /// Those that ``Composer/values(contact:sender:sequence:)`` fills for everybody.
    static let names = [
        "contact.email", "contact.firstName", "contact.lastName", "contact.company", "contact.timeZone",
        "company.name",
        "company.domain", "sender.name", "sender.firstName", "sender.email",
        "sender.meetingLink", "sequence.name",
    ]

    /// Refuses a template with a token that nobody has a value for.
    ///
    /// A property of one's own counts as soon as one contact has it, or the template has a fallback for it.
    static func check(_ template: MailTemplate, in transaction: Transaction) throws {
        try check(
            template.tokens, withFallback: template.tokens.subtracting(template.missing(in: [:])),
            of: "The template \"\(template.name)\"", in: transaction)
    }

    /// Refuses a snippet with a token that there is not.
    ///
    /// Properties of contacts are left to the templates that use it: they may have a fallback.
    static func check(snippet: MailTemplate, in transaction: Transaction) throws {
        try check(
            snippet.tokens, withFallback: snippet.tokens, of: "The snippet \"\(snippet.name)\"",
            in: transaction)
    }

    /// Refuses a task with a token that nobody has a value for.
    static func check(_ text: PlainTokens, of step: String, in transaction: Transaction) throws {
        try check(text.names, withFallback: text.namesWithFallback, of: step, in: transaction)
    }

    private static func check(
        _ tokens: Set<String>, withFallback: Set<String>, of subject: String, in transaction: Transaction
    ) throws {
        for token in tokens.sorted() where !names.contains(token) {
            let isOwn = token.hasPrefix("contact.")
            let property = String(token.dropFirst("contact.".count))
            if isOwn, try transaction.hasContact(withProperty: property) { continue }
            // Its fallback would stand in every mail, and nobody would notice.
            let twin = isOwn ? try transaction.property(likeSpelled: property).map { "contact.\($0)" } : nil
            if isOwn, twin == nil, withFallback.contains(token) { continue }
            let meant = (twin ?? nearest(to: token, among: names)).map { "Did you mean {{\($0)}}?" }
            let remedy =
                isOwn
                ? "If it is a property of your own, import contacts that have it first, or give it a fallback."
                : "Known are \(names.joined(separator: ", "))."
            throw CommandError(
                .badData,
                "\(subject) uses {{\(token)}}, which nobody has a value for. \(meant ?? remedy)"
            )
        }
    }
}
