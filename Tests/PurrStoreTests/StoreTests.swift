import Foundation
import PurrMail
import PurrSequences
import PurrStore
import Testing

@Suite("Queries that the loops run")
struct QueryPlanTests {
    let store: Store

    init() throws { store = try Store.inMemory() }

    @Test("find the due enrollment through its partial index, not by a scan")
    func due() throws {
        let plan = try store.read { try $0.plan(of: Transaction.dueEnrollmentSQL, argumentCount: 3) }
        #expect(
            plan == [
                "SEARCH enrollment USING INDEX enrollment_due (mailbox_id=? AND is_first=? AND next_at<?)"
            ])
    }
}

@Suite("The database file")
final class StoreFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "purr-store-\(UUID().uuidString)")
    private let path: String

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appending(path: "purr.db").path
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    @Test("opens twice, and the second time finds what the first one wrote")
    func persists() throws {
        try Store(path: path).write { try $0.setMeta("word", "kept") }
        #expect(try Store(path: path).read { try $0.meta("word") } == "kept")
    }

    @Test("of a newer Purr is refused, and nothing in it changes")
    func newerSchema() throws {
        try Store(path: path).write { try $0.setNewerSchema() }
        let before = try Data(contentsOf: URL(filePath: path))
        #expect { try Store(path: path) } throws: { ($0 as? StoreError)?.reason == .newerSchema }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }

    @Test("that is no database is refused as damaged")
    func damaged() throws {
        try Data("this is not a database, however long it may be".utf8).write(to: URL(filePath: path))
        #expect { try Store(path: path) } throws: { ($0 as? StoreError)?.reason == .damaged }
    }

    @Test("keeps nothing of a transaction that was stopped before its commit, and all of one after it")
    func interruption() throws {
        let stopsBefore = try Store(path: path) {
            if $0 == .beforeCommit { throw StoreError(.interrupted, "") }
        }
        #expect(throws: StoreError.self) { try stopsBefore.write { try $0.setMeta("a", "1") } }
        let stopsAfter = try Store(path: path) {
            if $0 == .afterCommit { throw StoreError(.interrupted, "") }
        }
        #expect(throws: StoreError.self) { try stopsAfter.write { try $0.setMeta("b", "1") } }
        let store = try Store(path: path)
        #expect(try store.read { try $0.meta("a") } == nil)
        #expect(try store.read { try $0.meta("b") } == "1")
    }
}

@Suite("The journal")
struct JournalTests {
    let store: Store
    let mailbox: MailboxID
    let enrollment: EnrollmentID
    let mail: PreparedMail
    let now = Date(timeIntervalSince1970: 1_790_000_000)
    let step = StepID(rawValue: "hello")

    init() throws {
        store = try Store.inMemory()
        let sender = try #require(EmailAddress("kari@example.org"))
        let recipient = try #require(EmailAddress("ola@example.net"))
        let now = now
        let step = step
        (mailbox, enrollment) = try store.write { transaction in
            let mailbox = try transaction.insertMailbox(
                address: sender, name: "", settings: "{}", credential: [], at: now)
            let contact = try transaction.upsert(ContactDetails(email: recipient), at: now).id
            let sequence = try transaction.saveSequence(
                name: "intro", settings: SequenceSettings(), document: "{}", at: now)
            let first = Step(id: step, delay: 0, action: .email(EmailStep(template: "hello")))
            let id = try transaction.insert(
                EnrollmentDraft(
                    contact: contact, sequence: sequence.id, version: 1, mailbox: try #require(mailbox),
                    sender: sender,
                    zone: .utc, firstStep: first, start: now, threadRoot: "root@example.org"), at: now)
            return (try #require(mailbox), try #require(id))
        }
        mail = PreparedMail(
            messageID: try #require(MessageID("m1@example.org")), inReplyTo: nil, references: [],
            threadRoot: try #require(MessageID("root@example.org")), subject: "Hello", sender: sender,
            recipient: recipient, bytes: [1, 2, 3])
    }

    private func prepared() throws -> JournalID {
        let (mail, enrollment, step, mailbox) = (mail, enrollment, step, mailbox)
        let id = try store.write {
            try $0.prepare(mail, enrollment: enrollment, step: step, mailbox: mailbox)
        }
        return try #require(id)
    }

    @Test("S1.7: claims a step once, and renews the bytes of a claim from which nothing was accepted")
    func claim() throws {
        #expect(try prepared() == prepared())
    }

    @Test("refuses to renew a claim once its hand-over was decided", arguments: [false, true])
    func claimIsFinal(isSent: Bool) throws {
        let id = try prepared()
        #expect(try store.write { try $0.beginSending(id, at: now) })
        if isSent {
            #expect(try store.write { try $0.recordSent(id, at: now, reply: "250", filing: .due) })
        }
        let again = try store.write {
            try $0.prepare(mail, enrollment: enrollment, step: step, mailbox: mailbox)
        }
        #expect(again == nil)
        #expect(try store.write { try $0.beginSending(id, at: now) } == false)
    }

    @Test("counts an acceptance once, however often it is reported")
    func sentOnce() throws {
        let id = try prepared()
        _ = try store.write { try $0.beginSending(id, at: now) }
        #expect(try store.write { try $0.recordSent(id, at: now, reply: "250", filing: .due) })
        #expect(try store.write { try $0.recordSent(id, at: now, reply: "250", filing: .due) } == false)
    }

    @Test("knows a mail by its id, by what the server made of it, and by its thread root")
    func ids() throws {
        let id = try prepared()
        let entry = try #require(try store.read { try $0.journalEntry(id) })
        try store.write { try $0.learn(wireID: try #require(MessageID("changed@mta.example")), of: entry) }
        let known = try store.read {
            try $0.known(ids: [
                "m1@example.org", "changed@mta.example", "root@example.org", "other@example.org",
            ])
        }
        #expect(Set(known.keys) == ["m1@example.org", "changed@mta.example", "root@example.org"])
        #expect(known["root@example.org"]?.first?.isThreadRoot == true)
        #expect(known["changed@mta.example"]?.first?.journal == id)
    }

    @Test("is closed to a worker whose lease another one has taken")
    func lease() throws {
        let first = try #require(try store.write { try $0.takeLease(of: mailbox, owner: "one") })
        _ = try store.write { try $0.takeLease(of: mailbox, owner: "two") }
        #expect { try store.write { try $0.checkLease(of: mailbox, epoch: first) } } throws: {
            ($0 as? StoreError)?.reason == .leaseLost
        }
    }
}
