internal import Foundation
package import PurrSequences
package import PurrTemplates

/// Steps and the templates they use: what one version of a sequence is made of (spec S5.1).
package struct SequenceVersion: Sendable, Hashable, Codable {
    package let steps: [Step]
    /// With the text of the snippets they use.
    package let templates: [String: StoredTemplate]
    /// The steps as they were written, where snippets stand in their tasks; else nil.
    package let written: [Step]?

    package init(steps: [Step], templates: [String: StoredTemplate], written: [Step]? = nil) {
        self.steps = steps
        self.templates = templates
        self.written = written == steps ? nil : written
    }

    /// The steps as their file says them.
    package var source: [Step] { written ?? steps }

    package func step(_ id: StepID) -> Step? { steps.first { $0.id == id } }

    /// The step after that one; nil when it is the last, or gone.
    package func step(after id: StepID) -> Step? {
        guard let index = steps.firstIndex(where: { $0.id == id }), index + 1 < steps.count else {
            return nil
        }
        return steps[index + 1]
    }

    /// The step's number as people count, from 1.
    package func number(of id: StepID) -> Int? { steps.firstIndex { $0.id == id }.map { $0 + 1 } }
}

/// A template as it is kept.
package struct StoredTemplate: Sendable, Hashable, Codable {
    package let name: String
    package let subject: String
    package let body: String
    package let fallbacks: [String: String]

    package init(_ template: MailTemplate) {
        name = template.name
        subject = template.subject
        body = template.body
        fallbacks = template.fallbacks
    }

    /// Checked again, as it was before it was stored.
    package func checked() throws(TemplateProblem) -> MailTemplate {
        try MailTemplate(name: name, subject: subject, body: body, fallbacks: fallbacks)
    }
}

/// JSON as documents are kept: opaque text with sorted keys, so that equal documents have equal text.
package enum Document {
    package static func text(of value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    package static func value<Value: Decodable>(_ type: Value.Type, from text: String) -> Value? {
        try? JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
