package import Foundation

package import PurrSequences

extension Transaction {
    /// Never writes to anybody at this domain again; the first reason stays.
    ///
    /// - Parameter domain: In small letters, without `@`.
    package func suppress(domain: String, because reason: EndReason, evidence: String, at now: Date) throws
    {
        try execute(
            """
            INSERT INTO suppression (address_key, reason, evidence, at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (address_key) DO NOTHING
            """, "@\(domain)", reason.rawValue, evidence, now.milliseconds)
    }

    /// Lets an address, or a domain written as `@example.org`, be written to again.
    ///
    /// - Returns: Whether it was suppressed.
    package func unsuppress(_ key: String) throws -> Bool {
        try row("DELETE FROM suppression WHERE address_key = ?1 RETURNING address_key", key) != nil
    }
}
