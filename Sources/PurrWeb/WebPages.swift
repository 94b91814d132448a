internal import Foundation
package import PurrEngine

/// The pages people see, in their language: one layout, and a file of texts for each language.
///
/// Checked as a whole when they are read, so that nobody meets a page with a hole in it.
package struct WebPages: Sendable, Hashable {
    /// What a page says.
    struct Text: Decodable, Sendable, Hashable {
        let title: String
        let text: String
        /// Only where there is something to do.
        let button: String?
    }

    /// All texts of one language.
    struct Texts: Decodable, Sendable, Hashable {
        let unsubscribe, unsubscribed, notValid, thanks, notNow: Text
        let tooOften, notAllowed, tooLarge, badForm: Text
    }

    private let layout: String
    private let languages: [String: Texts]
    private static let fallback = "en"

    /// The pages that come with Purr, or those of a folder where there are any.
    ///
    /// - Parameter folder: May hold a `page.html` and texts such as `de.json`; each takes the place of the
    ///   one of that name.
    /// - Throws: ``CommandError/Kind/configuration`` for a page that is not whole.
    package init(folder: String? = nil) throws(CommandError) {
        var files: [String: [UInt8]] = [
            "page.html": PackageResources.page_html, "en.json": PackageResources.en_json,
            "nb.json": PackageResources.nb_json,
        ]
        if let folder { try Self.read(folder, into: &files) }
        layout = String(decoding: files.removeValue(forKey: "page.html") ?? [], as: UTF8.self)
        try Self.check(layout: layout)
        var languages: [String: Texts] = [:]
        for (name, bytes) in files {
            languages[String(name.dropLast(".json".count))] = try Self.texts(bytes, name: name)
        }
        self.languages = languages
    }

    /// The page in the first language of a reader's that there is.
    func html(
        _ page: KeyPath<Texts, Text>, acceptLanguage: String?, action: (Text) -> String = { _ in "" }
    ) -> String {
        let language = language(for: acceptLanguage)
        guard let text = languages[language]?[keyPath: page] else { return "" }
        return layout.replacing("{{language}}", with: language)
            .replacing("{{title}}", with: Self.escaped(text.title))
            .replacing("{{text}}", with: Self.escaped(text.text))
            .replacing("{{action}}", with: action(text))
    }

    /// The best language for an `Accept-Language` field (RFC 9110 §12.5.4).
    func language(for field: String?) -> String {
        var wishes: [(language: String, weight: Double)] = []
        for part in (field ?? "").prefix(500).split(separator: ",").prefix(20) {
            let words = part.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            guard let range = words.first?.lowercased() else { continue }
            let weight =
                words.dropFirst().first { $0.hasPrefix("q=") }
                .map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            let primary = String(range.prefix { $0 != "-" })
            // Bokmål is read by whoever asks for Norwegian, or for Nynorsk where there is none.
            let isNorwegian = ["no", "nn"].contains(primary) && languages[primary] == nil
            if weight > 0 { wishes.append((isNorwegian ? "nb" : primary, weight)) }
        }
        // Sorted by weight; of equals the first stays first.
        let ordered = wishes.enumerated().sorted {
            ($0.element.weight, $1.offset) > ($1.element.weight, $0.offset)
        }
        return ordered.map(\.element.language).first { languages[$0] != nil } ?? Self.fallback
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    // MARK: Reading

    private static func read(_ folder: String, into files: inout [String: [UInt8]]) throws(CommandError) {
        guard FileManager.default.fileExists(atPath: folder) else { return }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw CommandError(.noPermission, "The folder \(folder) cannot be read. Check its rights.")
        }
        for name in names where name == "page.html" || isLanguageFile(name) {
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)"),
                data.count <= 262_144
            else {
                throw CommandError(
                    .configuration, "The page \(folder)/\(name) cannot be read, or is larger than 256 KB.")
            }
            files[name] = [UInt8](data)
        }
    }

    private static func isLanguageFile(_ name: String) -> Bool {
        let stem = name.dropLast(".json".count)
        return name.hasSuffix(".json") && (2...3).contains(stem.utf8.count)
            && stem.utf8.allSatisfy { (0x61...0x7A).contains($0) }
    }

    private static func check(layout: String) throws(CommandError) {
        let known = ["language", "title", "text", "action"]
        var rest = layout[...]
        var found: Set<String> = []
        while let start = rest.range(of: "{{") {
            guard let end = rest[start.upperBound...].range(of: "}}") else {
                throw CommandError(.configuration, "page.html has a {{ without its }}; close it.")
            }
            let name = String(rest[start.upperBound..<end.lowerBound])
            guard known.contains(name) else {
                throw CommandError(
                    .configuration,
                    "page.html has {{\(name.prefix(40))}}, which is not known; there are \(known.map { "{{\($0)}}" }.joined(separator: ", "))."
                )
            }
            found.insert(name)
            rest = rest[end.upperBound...]
        }
        for name in known.dropFirst() where !found.contains(name) {
            throw CommandError(
                .configuration, "page.html has no {{\(name)}}; without it the page cannot be used.")
        }
    }

    private static func texts(_ bytes: [UInt8], name: String) throws(CommandError) -> Texts {
        let texts: Texts
        do { texts = try JSONDecoder().decode(Texts.self, from: Data(bytes)) } catch {
            let path =
                switch error {
                case DecodingError.keyNotFound(let key, let context):
                    (context.codingPath + [key]).map(\.stringValue).joined(separator: ".")
                case DecodingError.typeMismatch(_, let context),
                    DecodingError.valueNotFound(_, let context):
                    context.codingPath.map(\.stringValue).joined(separator: ".")
                default: ""
                }
            throw CommandError(
                .configuration,
                path.isEmpty
                    ? "\(name) is not JSON; compare it with the one that comes with Purr."
                    : "\(name) has no text \"\(path)\"; add it.")
        }
        guard texts.unsubscribe.button?.isEmpty == false else {
            throw CommandError(
                .configuration, "\(name) has no text \"unsubscribe.button\"; nobody could opt out.")
        }
        return texts
    }
}
