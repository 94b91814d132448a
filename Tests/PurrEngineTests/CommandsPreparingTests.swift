import Foundation
import PurrEngine
import PurrFiles
import PurrMail
import PurrSequences
import PurrStore
import PurrTemplates
import Testing

@Suite("Importing contacts")
struct CommandsImportTests {
    let world: CommandsWorld

    init() async throws { world = try await CommandsWorld() }

    @Test("fills in, and never erases")
    func fillsIn() async throws {
        let result = try await world.importing(
            "email,firstName,plan\nKARI@north.test,,gold\nnew@north.test,New,\n")
        #expect(result.new == 1)
        #expect(result.updated == 1)
        #expect(result.refused == 0)
        let kari = try world.commands().contact(world.kari).contact
        #expect(kari.firstName == "Kari")
        #expect(kari.properties == ["plan": "gold"])
    }

    @Test("names the rows that it leaves out, and takes the others")
    func leavesOut() async throws {
        let result = try await world.importing("email\nliv@east.test\nnobody\n\"a@x.test, b@x.test\"\n")
        #expect(result.new == 1)
        #expect(result.refused == 2)
        #expect(result.complaints.count == 2)
        #expect(result.complaints[0].hasPrefix("c.csv:3:"))
    }

    @Test("takes all or none when that is asked for")
    func strict() async throws {
        await #expect(throws: CommandError.self) {
            try await world.importing("email\nliv@east.test\nnobody\n", isStrict: true)
        }
        #expect(try world.store.read { try $0.contactCount() } == 2)
    }

    @Test("takes nothing of a file that turns out to be unusable")
    func unusable() async throws {
        let text = "email,firstName\nliv@east.test,Liv\nper@east.test,\"Per\n"
        await #expect {
            try await world.importing(text)
        } throws: { error in
            (error as? FileProblem)?.line == 3
        }
        #expect(try world.store.read { try $0.contactCount() } == 2)
    }

    @Test("of many, lets others write in between")
    func turns() async throws {
        let text = "email\n" + (0..<20_001).map { "p\($0)@many.test\n" }.joined()
        var pieces = [Array(text.utf8)]
        let checked = try world.commands().checkContacts(named: "c.csv") { pieces.popLast() }
        pieces = [Array(text.utf8)]
        var pauses = 0
        _ = try await world.commands().importContacts(
            checked, named: "c.csv", pause: { pauses += 1 }, nextPiece: { pieces.popLast() })
        #expect(pauses == 10)
        #expect(try world.store.read { try $0.contactCount() } == 20_003)
    }

    @Test("names only the first of many complaints")
    func manyComplaints() async throws {
        let result = try await world.importing("email\n" + String(repeating: "nobody\n", count: 1_000))
        #expect(result.refused == 1_000)
        #expect(result.complaints.count == ContactImport.mostComplaints)
    }
}

@Suite("Templates and sequences")
struct CommandsSequenceTests {
    let world: CommandsWorld

    init() async throws { world = try await CommandsWorld() }

    @Test("a token that nobody has a value for is refused, with what was meant")
    func unknownToken() throws {
        let slip = try world.template("slip", body: "Hello {{contact.frstName}}.")
        #expect {
            try world.commands().addTemplates([slip])
        } throws: { error in
            (error as? CommandError)?.text.contains("{{contact.firstName}}?") ?? false
        }
        #expect(try !world.commands().templates().map(\.name).contains("slip"))
    }

    @Test("a property of one's own counts once a contact has it, or with a fallback")
    func ownProperty() async throws {
        let template = try world.template("plans", body: "You have {{contact.plan}}.")
        #expect(throws: CommandError.self) { try world.commands().addTemplates([template]) }
        let careful = try world.template("careful", body: "You have {{contact.plan|no plan}}.")
        #expect(try world.commands().addTemplates([careful]).map(\.change) == [.added])
        // A value that looks like the name is no property.
        try await world.importing("email,note\nkari@north.test,\"\"\"plan\"\":\"\n")
        #expect(throws: CommandError.self) { try world.commands().addTemplates([template]) }
        try await world.importing("email,plan\nkari@north.test,gold\n")
        #expect(try world.commands().addTemplates([template]).map(\.change) == [.added])
    }

    @Test("a property written with other capitals is refused with what was meant, a fallback or not")
    func otherCapitals() async throws {
        try await world.importing("email,City\nkari@north.test,Oslo\n")
        for body in ["You are in {{contact.city}}.", "You are in {{contact.city|town}}."] {
            let template = try world.template("place", body: body)
            #expect {
                try world.commands().addTemplates([template])
            } throws: { error in
                (error as? CommandError)?.text.contains("Did you mean {{contact.City}}?") ?? false
            }
        }
        let right = try world.template("place", body: "You are in {{contact.City|town}}.")
        #expect(try world.commands().addTemplates([right]).map(\.change) == [.added])
        #expect {
            try world.commands().contactQuery("city = Oslo", in: .utc)
        } throws: { error in
            (error as? CommandError)?.text.contains("did you mean \"City\"?") ?? false
        }
    }

    @Test("every token that is known has a value for somebody")
    func knownTokens() async throws {
        let text = """
            {{contact.email}} {{contact.firstName}} {{contact.lastName}} {{contact.company}} {{contact.timeZone}}
            {{company.name}} {{company.domain}} {{sender.name}} {{sender.firstName}} {{sender.email}} {{sequence.name}}
            """
        try await world.importing("email,lastName,company\nkari@north.test,Nordmann,North\n")
        _ = try world.commands().addTemplates([try world.template("all", body: text)])
        let preview = try world.commands().preview(template: "all", contact: world.kari)
        #expect(preview.missing.isEmpty)
        #expect(preview.mail?.text.contains("sam@example.org") == true)
    }

    @Test("a preview shows what is missing instead of a hole")
    func preview() async throws {
        try await world.importing("email\nliv@east.test\n")
        let liv = try #require(EmailAddress("liv@east.test"))
        let preview = try world.commands().preview(template: "hello", contact: liv)
        #expect(preview.missing == ["contact.firstName"])
        #expect(preview.mail == nil)
    }

    @Test("settings apply to everybody at once, steps to those who come")
    func applying() throws {
        try world.enrollKari()
        let same = try world.apply(CommandsWorld.sequence)
        #expect(same.outcome == .sameSteps)
        #expect(!same.settingsChanged)
        let settings = try world.apply(CommandsWorld.sequence.replacing("09:00-16:30", with: "10:00-12:00"))
        #expect(settings.outcome == .sameSteps)
        #expect(settings.settingsChanged)
        let steps = try world.apply(CommandsWorld.sequence.replacing("after: 3", with: "after: 4"))
        #expect(steps.outcome == .newVersion)
        #expect(steps.version == 2)
        #expect(steps.underWay == 1)
        #expect(try world.report(world.commands()).version == 1)
    }

    @Test("a template that is neither stored nor beside the file is named with its line")
    func missingTemplate() throws {
        let text = CommandsWorld.sequence.replacing("email: nudge", with: "email: nudgge")
        #expect {
            try world.apply(text)
        } throws: { error in
            (error as? FileProblem)?.line == 5
        }
        #expect(try world.commands().sequence(named: "intro").version == 1)
    }

    @Test("templates from files are stored with the sequence, or not at all")
    func templatesFromFiles() throws {
        let text = "name: other\nsteps:\n  - email: fresh\n  - { email: absent, after: 1 }\n"
        let document = try SequenceFile.read(text, name: "other.yaml")
        let find = { (name: String) in name == "fresh" ? try world.template("fresh") : nil }
        #expect(throws: FileProblem.self) {
            try world.commands().apply(document, file: "other.yaml", template: find)
        }
        #expect(try !world.commands().templates().map(\.name).contains("fresh"))
        let applied = try world.commands().apply(document, file: "other.yaml") { try world.template($0) }
        #expect(applied.addedTemplates == ["fresh", "absent"])
    }

    @Test("a first mail without a subject is refused")
    func withoutSubject() throws {
        _ = try world.commands().addTemplates([try MailTemplate(name: "hello", subject: "", body: "Hello.")]
        )
        #expect(throws: FileProblem.self) { try world.apply(CommandsWorld.sequence) }
    }
}
