import Foundation
import PurrEngine
import PurrMail
import Testing

@Suite("What is wrong with an installation")
struct HealthTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private var good: HealthFacts {
        var facts = HealthFacts(now: Self.now)
        facts.clock.builtAt = Self.now - 86_400 * 30
        facts.clock.newestNote = Self.now - 60
        facts.zones.version = "2026a"
        facts.disk = .init(
            free: 20_000_000_000, freeFiles: 1_000_000, databaseSize: 1_000_000, special: nil)
        facts.files = [
            .init(role: .folder, path: "/data", mode: 0o700, isOurs: true),
            .init(role: .key, path: "/data/key", mode: 0o600, isOurs: true),
        ]
        facts.database.schema = 7
        facts.daemon.isRunning = true
        return facts
    }

    private func finding(_ check: HealthFinding.Check, _ change: (inout HealthFacts) -> Void) throws
        -> HealthFinding
    {
        var facts = good
        change(&facts)
        return try #require(facts.findings.first { $0.check == check })
    }

    @Test("is nothing where all is well, and each trouble comes with what to do")
    func troubles() {
        #expect(!good.findings.contains { $0.state == .wrong || $0.state == .warning })
        var facts = good
        facts.clock.newestNote = Self.now + 9_000
        facts.zones.wrong = ["Europe/Oslo"]
        facts.disk = .init(free: 5, freeFiles: nil, databaseSize: 0, special: nil)
        facts.files[0] = .init(role: .folder, path: "/data", mode: 0o755, isOurs: true)
        facts.key.problem = "The key is missing."
        facts.database.damage = "row 3 is missing"
        facts.daemon.alarms = ["Mail is overdue."]
        let wrong = facts.findings.filter { $0.state == .wrong }
        #expect(
            Set(wrong.map(\.check)) == [.clock, .timeZones, .disk, .folder, .key, .database, .daemon])
        #expect(wrong.allSatisfy { !$0.fix.isEmpty })
    }

    @Test(
        "with a clock is said by how far it is away",
        arguments: [
            (0.0, "ok"), (-119, "ok"), (200, "warning"), (-599, "warning"), (700, "wrong"),
            (-9_000, "wrong"),
        ])
    func clock(skew: TimeInterval, state: String) throws {
        let found = try finding(.clock) {
            $0.clock.readings = [
                .init(source: "the server", theirs: Self.now, ours: Self.now + 1),
                .init(source: "go.example.org", theirs: Self.now, ours: Self.now + skew),
            ]
        }
        #expect(found.state.rawValue == state)
        if skew == -9_000 {
            #expect(found.what == "This machine's clock is 2 hours behind that of go.example.org.")
        }
    }

    @Test("with a clock shows without any server")
    func clockAlone() throws {
        #expect(try finding(.clock) { $0.clock.builtAt = Self.now + 200_000 }.state == .wrong)
        #expect(try finding(.clock) { $0.clock.newestNote = Self.now + 121 }.state == .wrong)
        #expect(try finding(.clock) { $0.clock.newestNote = Self.now + 60 }.state != .wrong)
        #expect(try finding(.clock) { $0.clock.newestNote = Self.now - 500 * 86_400 }.state == .warning)
    }

    @Test("with a disk is said before it is full")
    func disk() throws {
        func state(
            _ free: Int64, _ files: Int64? = nil, of size: Int64 = 0,
            _ special: HealthFacts.Disk.Special? = nil
        )
            throws -> HealthFinding.State
        {
            try finding(.disk) {
                $0.disk = .init(free: free, freeFiles: files, databaseSize: size, special: special)
            }.state
        }
        #expect(try state(99_000_000) == .wrong)
        #expect(try state(500_000_000) == .warning)
        #expect(try state(500_000_000, of: 6_000_000_000) == .wrong)
        #expect(try state(5_000_000_000, 10) == .wrong)
        #expect(try state(5_000_000_000, nil, of: 0, .network) == .wrong)
        #expect(try state(5_000_000_000, nil, of: 0, .memory) == .warning)
    }

    @Test("with old time zones is a warning")
    func zones() throws {
        #expect(try finding(.timeZones) { $0.zones.version = "2020a" }.state == .warning)
        #expect(try finding(.timeZones) { $0.zones.version = "" }.state == .ok)
    }

    @Test("with a public URL depends on whether mails use it")
    func web() throws {
        func state(passed: Bool, problem: String?) throws -> HealthFinding.State {
            try finding(.publicURL) {
                $0.web = .init(
                    url: "https://go.example.org", isSecure: true, isOn: true, hasPassed: passed,
                    problem: problem,
                    wasAsked: true)
            }.state
        }
        #expect(try state(passed: true, problem: "It does not answer.") == .wrong)
        #expect(try state(passed: false, problem: "It does not answer.") == .warning)
        #expect(try state(passed: false, problem: nil) == .warning)
        #expect(try state(passed: true, problem: nil) == .ok)
    }

    @Test("with folders is what is not watched")
    func folders() throws {
        let inbox = ListedFolder(name: .inbox, role: .inbox)
        let sent = ListedFolder(name: FolderName(wire: "Sent"), role: .sent)
        func found(_ folders: [ListedFolder], _ change: (inout HealthFacts.Mailbox) -> Void = { _ in })
            throws
            -> HealthFinding
        {
            try finding(.folders) {
                var mailbox = HealthFacts.Mailbox(address: "a@example.org")
                mailbox.folders = folders
                change(&mailbox)
                $0.mailboxes = [mailbox]
            }
        }
        #expect(try found([inbox, sent]).state == .ok)
        #expect(try found([sent]).state == .wrong)
        #expect(try found([inbox]).state == .warning)
        #expect(try found([inbox, sent]) { $0.excluded = ["Archive"] }.state == .warning)
        #expect(try found([inbox, sent]) { $0.refused = ["Archive"] }.state == .wrong)
    }

    @Test(
        "with delivery is what the server noted about the test mail",
        arguments: [
            ("mx.test; spf=pass; dkim=pass; dmarc=pass", "ok"), ("mx.test; none", "ok"),
            ("mx.test; spf=softfail; dkim=pass", "warning"), ("mx.test; spf=fail; dkim=none", "wrong"),
            ("mx.test; spf=pass; dkim=pass; dmarc=fail", "wrong"),
            ("mx.test; spf=none; dkim=permerror", "wrong"),
        ])
    func delivery(results: String, state: String) throws {
        let found = try finding(.delivery) {
            var mailbox = HealthFacts.Mailbox(address: "a@example.org")
            mailbox.probe = ProbeEvidence(
                sentAt: Self.now - 90_000, receivedAt: nil, folder: "INBOX", isJunk: false, signatures: [],
                // Whoever sent the mail may have written the lower one.
                results: [results, "forged.test; spf=fail; dkim=fail"])
            $0.mailboxes = [mailbox]
        }
        #expect(found.state.rawValue == state)
        #expect(found.what.contains("a day ago"))
    }
}

@Suite("A mail to oneself")
struct ProbeEvidenceTests {
    @Test("shows who signed it, who believed that, and when it was taken")
    func reading() throws {
        let text = """
            Authentication-Results: mx.example.org;
            \tspf=pass smtp.mailfrom=example.org
            Received: from a by mx.example.org; Thu, 26 Nov 2026 12:20:00 +0000
            Received: from b (a; b) by smtp.example.org; Thu, 26 Nov 2026 13:00:07 +0100 (CET)
            DKIM-Signature: v=1; d=provider.test; s=a; b=x
            DKIM-Signature: v=1; d=example.org; s=b; b=x
            Authentication-Results: forged.test; spf=fail
            Date: Thu, 26 Nov 2026 12:00:00 +0000

            """
        let header = MessageHeader(Array(text.replacing("\n", with: "\r\n").utf8))
        let received = Date(timeIntervalSince1970: 1_795_695_700)
        let evidence = try #require(
            ProbeEvidence(header: header, receivedAt: received, folder: "INBOX", isJunk: false))
        #expect(evidence.acceptedAt == evidence.sentAt + 7)
        #expect(evidence.receivedAt == received)
        #expect(evidence.signature(for: "mail.example.org")?.selector == "b")
        #expect(evidence.signature(for: "else.test")?.selector == "a")
        #expect(evidence.verdict?.server == "mx.example.org")
        #expect(evidence.verdict?.results.map(\.result) == ["pass"])
        func isOurs(_ text: String) -> Bool { ProbeEvidence.isOurs(MessageHeader(Array(text.utf8))) }
        #expect(isOurs("Message-ID: <probe.x@example.org>\r\n"))
        #expect(isOurs("Message-ID: <A1@prod.outlook.test>\r\nReferences: <mark.x@example.org>\r\n"))
        #expect(!isOurs("Message-ID: <r@a.test>\r\nReferences: <a@b.test>\r\n") && !isOurs(""))
        #expect(ProbeEvidence(header: .empty, receivedAt: nil, folder: "", isJunk: false) == nil)
    }
}

@Suite("What name servers say of a sender's domain")
struct HealthOfDomainTests {
    private let names: [String: NameAnswer<String>] = [
        "example.org": .records(["v=spf1 include:a.test include:b.test -all"]),
        "a.test": .records(["v=spf1 include:c.test mx ~all"]),
        "b.test": .records(["v=spf1 ip4:192.0.2.1 +all"]),
        "c.test": .records(["v=spf1 a a:x.test a:y.test"]),
    ]

    @Test("is asked for until nothing is missing")
    func asking() {
        var known: [String: NameAnswer<String>] = [:]
        var asked: [String] = []
        while let next = SPFReview(domain: "example.org", texts: known).missing.first {
            asked.append(next)
            known[next] = names[next] ?? .records([])
        }
        #expect(asked == ["example.org", "a.test", "c.test", "b.test"])
        let review = SPFReview(domain: "example.org", texts: known)
        #expect(review.problem == nil)
        // Two includes; an include and mx; three addresses.
        #expect(review.lookups == 7)
        // What an included record says of everybody else counts for nothing.
        #expect(review.all == .fail)
    }

    @Test("about SPF is an error where receivers see one")
    func problems() {
        func problem(_ changes: [String: NameAnswer<String>]) -> SPFReview.Problem? {
            SPFReview(domain: "example.org", texts: names.merging(changes) { $1 }).problem
        }
        #expect(problem(["example.org": .records([])]) == .absent)
        #expect(problem(["b.test": .records(["v=spf1 -all", "v=spf1 ~all"])]) == .multiple("b.test"))
        #expect(problem(["c.test": .records(["else"])]) == .missingInclude("c.test"))
        #expect(problem(["c.test": .records(["v=spf1 include:a.test"])]) == .loop("a.test"))
        #expect(
            problem(["c.test": .records(["v=spf1 a a:1.t a:2.t a:3.t a:4.t a:5.t a:6.t"])])
                == .tooManyLookups)
        #expect(
            SPFReview(domain: "example.org", texts: ["example.org": .failed("no answer")]).unanswered
                == "example.org")
    }

    @Test("about DMARC is found above a name, whose policy for subdomains counts then")
    func dmarc() throws {
        var domain = HealthFacts.Domain(name: "mail.example.org")
        #expect(domain.policyNames == ["_dmarc.mail.example.org", "_dmarc.example.org"])
        domain.texts["mail.example.org"] = .records(["v=spf1 -all"])
        #expect(domain.missingTexts == ["_dmarc.mail.example.org"])
        domain.texts["_dmarc.mail.example.org"] = .records([])
        #expect(domain.missingTexts == ["_dmarc.example.org"])
        domain.texts["_dmarc.example.org"] = .records(["v=DMARC1; p=none; sp=reject; pct=40"])
        #expect(domain.missingTexts.isEmpty)
        var facts = HealthFacts(now: Date(timeIntervalSince1970: 0))
        facts.domains = [domain]
        let found = try #require(facts.findings.first { $0.check == .dmarc })
        #expect(found.state == .ok)
        #expect(found.what == "The DMARC record at _dmarc.example.org says sp=reject for 40 of 100 mails.")
    }

    @Test("about DKIM is the key that a signature names, if it speaks for the domain")
    func dkim() throws {
        func state(_ signature: DKIMSignature?, _ key: NameAnswer<String>?) throws -> HealthFinding.State {
            var domain = HealthFacts.Domain(name: "example.org")
            domain.hasProbe = true
            domain.signature = signature
            if let signature { domain.texts[signature.keyName] = key }
            var facts = HealthFacts(now: Date(timeIntervalSince1970: 0))
            facts.domains = [domain]
            return try #require(facts.findings.first { $0.check == .dkim }).state
        }
        let own = DKIMSignature(domain: "example.org", selector: "k")
        let good = "v=DKIM1; p=" + String(repeating: "A", count: 392)
        #expect(try state(own, .records([good])) == .ok)
        #expect(try state(own, .records([])) == .wrong)
        #expect(try state(own, .records(["v=DKIM1; p="])) == .wrong)
        #expect(try state(own, .records(["t=y; p=" + String(repeating: "A", count: 392)])) == .warning)
        #expect(try state(own, .records(["p=" + String(repeating: "A", count: 100)])) == .wrong)
        #expect(try state(own, .failed("no answer")) == .warning)
        #expect(try state(DKIMSignature(domain: "else.test", selector: "k"), .records([good])) == .warning)
        #expect(try state(nil, nil) == .warning)
    }
}
