internal import PurrFiles
internal import PurrStore
internal import PurrTemplates

/// The tokens that can have a value, so that a slip of the pen is found before anybody is enrolled.
enum KnownTokens {
    /// Those that ``Composer/values(contact:sender:sequence:)`` fills for everybody.
    static let names = [
        "contact.email", "contact.firstName", "contact.lastName", "contact.company", "contact.timeZone",
        "company.name",
        "company.domain", "sender.name", "sender.firstName", "sender.email", "sequence.name",
    ]

    /// Refuses a template with a token that nobody has a value for.
    ///
    /// A property of one's own counts as soon as one contact has it, or the template has a fallback for it.
    static func check(_ template: MailTemplate, in transaction: Transaction) throws {
        for token in template.tokens.sorted() where !names.contains(token) {
            let isOwn = token.hasPrefix("contact.")
            let hasFallback = !template.missing(in: [:]).contains(token)
            if isOwn,
                try hasFallback
                    || transaction.hasContact(withProperty: String(token.dropFirst("contact.".count)))
            {
                continue
            }
            let meant = nearest(to: token, among: names).map { "Did you mean {{\($0)}}?" }
            let remedy =
                isOwn
                ? "If it is a property of your own, import contacts that have it first, or give it a fallback."
                : "Known are \(names.joined(separator: ", "))."
            throw CommandError(
                .badData,
                "The template \"\(template.name)\" uses {{\(token)}}, which nobody has a value for. \(meant ?? remedy)"
            )
        }
    }
}
