internal import Foundation
internal import PurrFiles
package import PurrMail
internal import PurrStore
package import PurrTemplates

extension Commands {
    /// Stores templates, all or none; of the same name, the new one replaces the old for sequences applied from now on.
    ///
    /// - Returns: For each, whether one of that name was there and differed.
    package func addTemplates(_ templates: [MailTemplate]) throws -> [(
        name: String, change: TemplateChange
    )] {
        try change { transaction in
            try templates.map { template in (template.name, try store(template, in: transaction)) }
        }
    }

    /// What storing a template did.
    package enum TemplateChange: String, Sendable, Encodable { case added, replaced, unchanged }

    func store(_ template: MailTemplate, in transaction: Transaction) throws -> TemplateChange {
        try KnownTokens.check(try Snippets(transaction).expanded(template), in: transaction)
        let document = Document.text(of: StoredTemplate(template))
        let known = try transaction.template(template.name)
        guard known != document else { return .unchanged }
        try transaction.saveTemplate(name: template.name, document: document, at: now)
        return known == nil ? .added : .replaced
    }

    /// All stored templates, by name.
    package func templates() throws -> [StoredTemplate] {
        try look {
            try $0.templates().compactMap { Document.value(StoredTemplate.self, from: $0.document) }
        }
    }

    /// What a template would say to a contact, and which of its tokens have no value.
    ///
    /// - Parameters:
    ///   - sender: Nil for the first mailbox.
    ///   - sequence: The name that `{{sequence.name}}` stands for.
    package func preview(
        template name: String, contact email: EmailAddress, sender: EmailAddress? = nil,
        sequence: String = "preview"
    ) throws -> TemplatePreview {
        try look { transaction in
            guard
                let stored = try transaction.template(name).flatMap({
                    Document.value(StoredTemplate.self, from: $0)
                })
            else {
                throw CommandError(.badData, "There is no template \"\(name)\". See: purr template list.")
            }
            guard let contact = try transaction.contact(email) else {
                throw CommandError(
                    .badData, "\(email) is not a contact yet. Import it: purr contact import FILE.csv.")
            }
            let mailbox =
                try sender.map { try transaction.mailbox(sending: $0) } ?? transaction.mailboxes().first
            let address = sender ?? mailbox?.address ?? EmailAddress("you@example.org")
            guard let address, let from = NamedAddress(name: mailbox?.name, address: address) else {
                throw CommandError(
                    .badData, "There is no sender to fill the template with; name one: --from ADDRESS.")
            }
            let values = Composer.values(
                contact: contact, sender: from, sequence: sequence,
                owner: try mailbox.flatMap { try transaction.owner(of: $0.id) })
            do {
                let template = try Snippets(transaction).expanded(stored.checked())
                let missing = template.missing(in: values)
                return TemplatePreview(
                    name: name, contact: email, sender: address, missing: missing,
                    mail: missing.isEmpty ? try template.rendered(with: values) : nil)
            } catch let problem as TemplateProblem {
                throw CommandError(.badData, "The template \"\(name)\" cannot be filled: \(problem.text)")
            }
        }
    }
}

/// A template filled for one contact, or why it cannot be.
package struct TemplatePreview: Sendable {
    package let name: String
    package let contact: EmailAddress
    package let sender: EmailAddress
    /// Tokens with neither value nor fallback.
    package let missing: [String]
    /// Nil when something is missing.
    package let mail: RenderedMail?
}
