package import Foundation

/// A reusable piece of text.
package struct SnippetRecord: Sendable, Hashable {
    package let name: String
    /// Markdown with tokens.
    package let body: String
    package let updatedAt: Date
}

extension Transaction {
    package func snippets() throws -> [SnippetRecord] {
        try rows("SELECT name, body, updated_at FROM snippet ORDER BY name").map(
            SnippetRecord.init(columns:))
    }

    package func snippet(_ name: String) throws -> SnippetRecord? {
        try row("SELECT name, body, updated_at FROM snippet WHERE name = ?1", name).map(
            SnippetRecord.init(columns:))
    }

    package func saveSnippet(_ name: String, body: String, at now: Date) throws {
        try execute(
            """
            INSERT INTO snippet (name, body, updated_at) VALUES (?1, ?2, ?3)
            ON CONFLICT (name) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at
            """, name, body, now.milliseconds)
    }

    package func deleteSnippet(_ name: String) throws {
        try execute("DELETE FROM snippet WHERE name = ?1", name)
    }
}

extension SnippetRecord {
    fileprivate init(columns: Columns) {
        self.init(name: columns.text(0), body: columns.text(1), updatedAt: columns.instant(2))
    }
}
