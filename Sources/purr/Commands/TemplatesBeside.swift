import Foundation
import PurrTemplates

/// The texts of a sequence that are not stored yet: beside its file, or where the command is run.
struct TemplatesBeside {
    /// The sequence's file; `-` for stdin.
    let file: String

    /// The files in which a template of that name may be.
    func candidates(_ name: String) -> [String] {
        guard !name.contains("/"), !name.hasPrefix(".") else { return [] }
        let beside = file == "-" ? nil : URL(fileURLWithPath: file).deletingLastPathComponent().path
        // The ready-made sequences lie in `sequences/`, their texts in the `mail/` next to that.
        return
            ([beside.map { ["\($0)/mail", "\($0)/templates/mail", "\($0)/../mail"] } ?? []]
            + [["mail", "templates/mail"]]).joined().map { "\($0)/\(name).md" }
            .filter { FileManager.default.fileExists(atPath: $0) }
    }

    func find(_ name: String) throws -> MailTemplate? { try candidates(name).first.map(template(at:)) }
}
