internal import PurrFiles
internal import PurrSequences
internal import PurrStore
internal import PurrTemplates

/// What a sequence says, gathered from the stored templates and snippets as they are now (spec S5.1).
struct SequenceTexts {
    private(set) var steps: [Step] = []
    private(set) var templates: [String: StoredTemplate] = [:]
    /// Templates that came from files.
    private(set) var added: [String] = []

    /// - Parameters:
    ///   - store: Keeps a template that came from a file.
    ///   - problem: Says of which step of which file a sentence speaks.
    init(
        of written: [Step], in transaction: Transaction, find: (String) throws -> MailTemplate?,
        store: (MailTemplate) throws -> Void, problem: (_ index: Int?, _ text: String) -> any Error
    ) throws {
        let snippets = try Snippets(transaction)
        for (index, step) in written.enumerated() {
            do { steps.append(try snippets.expanded(step)) } catch {
                throw problem(index, "Step \(index + 1): \(error.text)")
            }
            if let task = steps[index].task {
                for text in [task.title, task.notes] {
                    guard let tokens = try? PlainTokens(text) else { continue }
                    try KnownTokens.check(tokens, of: "Step \(index + 1)", in: transaction)
                }
            }
            guard let name = step.template, templates[name] == nil else { continue }
            if let stored = try transaction.template(name).flatMap({
                Document.value(StoredTemplate.self, from: $0)
            }) {
                guard let template = try? stored.checked() else {
                    throw problem(
                        index,
                        "The stored template \"\(name)\" is damaged; add it again: purr template add \(name).md."
                    )
                }
                templates[name] = StoredTemplate(try snippets.expanded(template))
            } else if let found = try find(name) {
                try store(found)
                templates[name] = StoredTemplate(try snippets.expanded(found))
                added.append(name)
            } else {
                throw problem(
                    index, "There is no template \"\(name)\"; add it: purr template add \(name).md.")
            }
        }
    }

    /// Keeps the texts that a version has already: for changes that are none of its texts.
    init(_ steps: [Step], keeping version: SequenceVersion) {
        self.steps = steps
        templates = version.templates.filter { name, _ in steps.contains { $0.template == name } }
    }

    /// The first thing that is wrong with the steps.
    func problem(templateLimit: Int) -> StepProblem? {
        let withoutSubject = Set(templates.filter { $0.value.subject.isEmpty }.keys)
        return problems(in: steps, templateLimit: templateLimit, withoutSubject: withoutSubject).first
    }

    func version(written: [Step]) -> SequenceVersion {
        SequenceVersion(steps: steps, templates: templates, written: written)
    }
}
