import Foundation
import Testing

/// Holds docs/troubleshooting.md to the sources: what it quotes is what Purr says.
@Suite("The page on troubles")
struct TroubleshootingTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The first cells of all its tables, without their marks.
    private static func quoted() throws -> [String] {
        let text = try String(contentsOf: root.appending(path: "docs/troubleshooting.md"), encoding: .utf8)
        return text.split(separator: "\n").filter { $0.hasPrefix("| `") }.compactMap { line in
            line.split(separator: "|").first.map { $0.trimmingCharacters(in: .whitespaces) }
        }.map { $0.trimmingCharacters(in: ["`"]) }
    }

    private static func sources() throws -> String {
        let folder = root.appending(path: "Sources")
        let walk = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var all = ""
        for case let file as URL in walk where file.pathExtension == "swift" {
            all += try String(contentsOf: file, encoding: .utf8)
        }
        return all
    }

    /// What is written between two values, as it stands in a string literal.
    private static func pieces(of quote: String) -> [String] {
        quote.components(separatedBy: "…").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { $0.count > 3 }
    }

    @Test("quotes only what the sources say")
    func quotesAreReal() throws {
        let quotes = try Self.quoted()
        #expect(quotes.count > 35)
        let sources = try Self.sources()
        for quote in quotes {
            let pieces = Self.pieces(of: quote)
            #expect(!pieces.isEmpty, "\(quote) quotes nothing")
            for piece in pieces {
                #expect(sources.contains(piece), "no source says \"\(piece)\" of \"\(quote)\"")
            }
        }
    }

    @Test("would notice a sentence that was changed")
    func noticesChanges() throws {
        let sources = try Self.sources()
        for piece in Self.pieces(of: "Mail from … is overdue and nobody runs the daemon") {
            if piece != "Mail from" { #expect(!sources.contains(piece)) }
        }
    }

    @Test("and all others lead to pages that are there")
    func linksLeadSomewhere() throws {
        let docs = Self.root.appending(path: "docs")
        let pages = try FileManager.default.contentsOfDirectory(atPath: docs.path).filter {
            $0.hasSuffix(".md")
        }
        for page in pages.map({ docs.appending(path: $0) }) + [Self.root.appending(path: "README.md")] {
            let text = try String(contentsOf: page, encoding: .utf8)
            for match in text.matches(of: /\]\(([^)#:\s]+)(#[^)]*)?\)/) {
                let target = page.deletingLastPathComponent().appending(path: String(match.1))
                #expect(
                    FileManager.default.fileExists(atPath: target.path),
                    "\(page.lastPathComponent) leads to \(match.1)")
            }
        }
    }
}
