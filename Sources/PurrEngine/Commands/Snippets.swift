package import Foundation
internal import PurrSequences
internal import PurrStore
package import PurrTemplates

/// A reusable piece of text, as people look at it.
package struct SnippetReport: Sendable, Hashable, Encodable {
    package let name: String
    package let body: String
    package let updatedAt: Date
    /// The stored templates that use it.
    package let templates: [String]
}

extension Commands {
    /// Stores snippets, all or none; of the same name, the new one replaces the old for sequences applied from now on.
    ///
    /// - Parameter snippets: Each as a template that has nothing but its text.
    package func addSnippets(_ snippets: [MailTemplate]) throws -> [(name: String, change: TemplateChange)]
    {
        try change { transaction in
            try snippets.map { snippet in
                try check(snippet, in: transaction)
                let body = snippet.body.trimmingCharacters(in: .newlines)
                let known = try transaction.snippet(snippet.name)
                guard known?.body != body else { return (snippet.name, .unchanged) }
                try transaction.saveSnippet(snippet.name, body: body, at: now)
                return (snippet.name, known == nil ? .added : .replaced)
            }
        }
    }

    /// All snippets by name.
    package func snippets() throws -> [SnippetReport] {
        try look { transaction in
            let templates = try usedSnippets(in: transaction)
            return try transaction.snippets().map { snippet in
                SnippetReport(
                    name: snippet.name, body: snippet.body, updatedAt: snippet.updatedAt,
                    templates: templates.filter { $0.value.contains(snippet.name) }.keys.sorted())
            }
        }
    }

    package func snippet(named name: String) throws -> SnippetReport {
        if let found = try snippets().first(where: { $0.name == name }) { return found }
        throw CommandError(.badData, "There is no snippet \"\(name)\". See: purr snippet list.")
    }

    /// Forgets a snippet that no stored template uses.
    package func removeSnippet(_ name: String) throws {
        try change { transaction in
            guard try transaction.snippet(name) != nil else {
                throw CommandError(.badData, "There is no snippet \"\(name)\". See: purr snippet list.")
            }
            let users = try usedSnippets(in: transaction).filter { $0.value.contains(name) }.keys.sorted()
            guard users.isEmpty else {
                throw CommandError(
                    .badData,
                    "The snippet \"\(name)\" stands in \(users.count == 1 ? "the template" : "the templates") \(users.map { "\"\($0)\"" }.joined(separator: ", ")). Change them first."
                )
            }
            try transaction.deleteSnippet(name)
        }
    }

    private func usedSnippets(in transaction: Transaction) throws -> [String: Set<String>] {
        try transaction.templates().reduce(into: [:]) { used, template in
            let stored = Document.value(StoredTemplate.self, from: template.document)
            used[template.name] = (try? stored?.checked())?.snippets ?? []
        }
    }

    private func check(_ snippet: MailTemplate, in transaction: Transaction) throws {
        let isName = snippet.name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
        guard isName, !snippet.name.isEmpty, snippet.name.utf8.count <= 100 else {
            throw CommandError(
                .badData, "\"\(snippet.name)\" cannot name a snippet; use letters, digits, - and _ alone.")
        }
        guard snippet.subject.isEmpty, snippet.fallbacks.isEmpty else {
            throw CommandError(
                .badData,
                "The snippet \"\(snippet.name)\" has a subject or fallbacks above its text; those belong to templates, so delete them."
            )
        }
        if let nested = snippet.snippets.sorted().first {
            throw CommandError(
                .badData,
                "The snippet \"\(snippet.name)\" holds {{snippet.\(nested)}}; a snippet cannot hold another one."
            )
        }
        try KnownTokens.check(snippet: snippet, in: transaction)
    }
}

/// The snippets as they are now, to be put into templates and tasks.
struct Snippets {
    private let bodies: [String: String]

    init(_ transaction: Transaction) throws {
        bodies = Dictionary(
            try transaction.snippets().map { ($0.name, $0.body) }, uniquingKeysWith: { $1 })
    }

    /// - Throws: ``CommandError`` with the template's name.
    func expanded(_ template: MailTemplate) throws -> MailTemplate {
        do { return try template.expanded { bodies[$0] } } catch {
            throw CommandError(.badData, "The template \"\(template.name)\": \(error.text)")
        }
    }

    /// A step with its task's title and notes expanded.
    func expanded(_ step: Step) throws(TemplateProblem) -> Step {
        guard let task = step.task else { return step }
        let title = try PlainTokens.expanded(task.title) { bodies[$0] }
        guard !title.contains("\n") else {
            throw TemplateProblem(.body, "A task's title is one line, and its snippet has several.")
        }
        return Step(
            id: step.id, delay: step.delay,
            action: .task(
                TaskStep(
                    kind: task.kind, title: title, priority: task.priority, queue: task.queue,
                    notes: try PlainTokens.expanded(task.notes) { bodies[$0] }, holds: task.holds,
                    email: task.email)))
    }
}
