package import Foundation

/// What a workflow did about one signal.
package struct WorkflowEffect: Sendable, Hashable, Encodable {
    package enum Result: Sendable, Hashable {
        case enrolled
        /// How many enrollments ended.
        case unenrolled(Int)
        /// Enrolls them at that time.
        case waits(until: Date)
        /// Nothing was done, and why.
        case refused(String)
    }

    package let workflow: String
    package let sequence: String
    package let result: Result

    private enum CodingKeys: String, CodingKey { case workflow, sequence, result, until, ended, detail }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(workflow, forKey: .workflow)
        try container.encode(sequence, forKey: .sequence)
        switch result {
        case .enrolled: try container.encode("enrolled", forKey: .result)
        case .unenrolled(let count):
            try container.encode("unenrolled", forKey: .result)
            try container.encode(count, forKey: .ended)
        case .waits(let date):
            try container.encode("waiting", forKey: .result)
            try container.encode(date, forKey: .until)
        case .refused(let words):
            try container.encode("refused", forKey: .result)
            try container.encode(words, forKey: .detail)
        }
    }
}
