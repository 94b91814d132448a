import Foundation
import PurrFiles
import PurrSequences
import Testing

@Suite("A condition on contacts")
struct ContactQueryTests {
    private static let oslo = Zone(identifier: "Europe/Oslo") ?? .utc
    /// 2026-11-25 09:00 in Oslo.
    private static let now = Date(timeIntervalSince1970: 1_795_593_600)
    private static let kari: [String: ContactQuery.Value] = [
        "email": .text("kari@north.test"), "company": .text("Nord Øst AS"), "score": .text("9"),
        "currentlyInSequence": .flag(true), "numberOfSequences": .number(3),
        // 23:30 UTC on the 31st: the 1st in Oslo.
        "lastReplied": .instant(Date(timeIntervalSince1970: 1_793_489_400)), "lastOpened": .instant(nil),
        "note": .text("a = b"),
    ]

    private func holds(_ text: String) throws -> Bool {
        try ContactQuery.read(text).holds(in: Self.oslo, now: Self.now) { Self.kari[$0] }
    }

    @Test(
        "S7.2: holds for whom it describes",
        arguments: [
            "currentlyInSequence = true and lastReplied > 2026-10-31", "lastReplied = 2026-11-01",
            "lastReplied >= 2026-11-01", "lastReplied < today", "lastReplied > 2026-10-31T12:00:00Z",
            "numberOfSequences = 3", "numberOfSequences > 2.5", "numberOfSequences<=3",
            "company contains \"nord øst\"", "company = 'nord øst as'", "not company = Acme",
            "company != Acme", "lastOpened is empty", "lastOpened != 2026-11-01",
            "lastReplied is not empty",
            "unknown is empty", "unknown != x", "company not contains Acme", "score > 10 or score < 10",
            "email = x or email = y or email = KARI@north.test",
            "(email = x or company contains Nord) and currentlyInSequence = yes",
            "email = kari@north.test or email = x and email = y", "NOT (score = 8 OR score = 10)",
            "note = \"a = b\"", "note contains '='",
        ])
    func fits(_ text: String) throws { #expect(try holds(text)) }

    @Test(
        "S7.2: does not hold for others",
        arguments: [
            "currentlyInSequence = false", "lastReplied > 2026-11-01", "lastReplied > today",
            "lastOpened > 2020-01-01", "lastOpened < 2030-01-01", "lastOpened = today",
            "company contains Süd", "score = 10", "score < 9", "score > 9", "unknown = x", "unknown < x",
            "unknown contains x", "(email = kari@north.test or score = 9) and numberOfSequences = 4",
            "email is empty", "numberOfSequences is empty", "currentlyInSequence is empty",
        ])
    func doesNotFit(_ text: String) throws { #expect(try !holds(text)) }

    @Test(
        "says in one sentence what it cannot read",
        arguments: [
            "", "   ", "company", "company =", "= Nord", "company = Nord Øst", "company = Nord and",
            "company is Nord", "company is not Nord", "(company = Nord", "company = Nord)",
            "company like x",
            "company = \"Nord", "company ! Nord", "company not = Nord", "and = x and and", "not", "()",
            String(repeating: "(", count: 200) + "a=b" + String(repeating: ")", count: 200),
            String(repeating: "not ", count: 200) + "a=b", String(repeating: "x", count: 20_000),
        ])
    func unreadable(_ text: String) throws {
        let error = #expect(throws: ContactQuery.Malformed.self) { try ContactQuery.read(text) }
        let sentence = try #require(error?.text)
        #expect(!sentence.isEmpty && !sentence.contains("\n"))
    }

    @Test(
        "complains about values that a property can never have",
        arguments: [
            "lastReplied > soon", "lastReplied = 2026-02-30", "lastReplied contains 2026",
            "currentlyInSequence = maybe", "numberOfSequences > many",
        ])
    func nonsense(_ text: String) throws {
        let query = try ContactQuery.read(text)
        #expect(query.problem(kinds: Self.kari, in: Self.oslo, now: Self.now) != nil)
        #expect(
            try ContactQuery.read("company > soon").problem(kinds: Self.kari, in: Self.oslo, now: Self.now)
                == nil)
    }
}
