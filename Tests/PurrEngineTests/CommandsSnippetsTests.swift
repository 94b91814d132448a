import PurrEngine
import PurrFiles
import PurrMail
import PurrSequences
import PurrStore
import PurrTemplates
import Testing

@Suite("Snippets")
struct CommandsSnippetsTests {
    let world: CommandsWorld

    init() async throws { world = try await CommandsWorld() }

    private func snippet(_ name: String, _ body: String) throws -> MailTemplate {
        try MailTemplate(name: name, subject: "", body: body)
    }

    private func useSignature() throws {
        _ = try world.commands().addSnippets([snippet("signature", "Best regards\n{{sender.firstName}}\n")])
        _ = try world.commands().addTemplates([
            try world.template("hello", body: "Hello {{contact.firstName}}.\n\n{{snippet.signature}}")
        ])
    }

    @Test("S5.1 are put in when a sequence is applied, and change nothing that is under way")
    func frozen() throws {
        try useSignature()
        #expect(try world.apply(CommandsWorld.sequence).version == 2)
        let before = try world.commands().sequence(named: "intro").templates["hello"]
        #expect(before?.body == "Hello {{contact.firstName}}.\n\nBest regards\n{{sender.firstName}}")
        _ = try world.commands().addSnippets([snippet("signature", "Cheers")])
        #expect(try world.commands().sequence(named: "intro").templates["hello"] == before)
        let preview = try world.commands().preview(template: "hello", contact: world.kari)
        #expect(preview.mail?.text.hasSuffix("Cheers") == true)
        #expect(try world.apply(CommandsWorld.sequence).version == 3)
    }

    @Test("S1.4 stand in a task's title and notes")
    func tasks() throws {
        _ = try world.commands().addSnippets([snippet("questions", "- Who decides?\n- By when?")])
        try world.apply(
            "name: calls\nsteps:\n  - { call: \"Call {{contact.firstName}}\", notes: \"Ask:\\n{{snippet.questions}}\" }\n"
        )
        let stored = try world.store.read { transaction in
            let sequence = try #require(try transaction.sequence(named: "calls"))
            return try #require(try transaction.document(of: sequence.id, version: 1))
        }
        let version = try #require(Document.value(SequenceVersion.self, from: stored))
        #expect(version.steps[0].task?.notes == "Ask:\n- Who decides?\n- By when?")
        #expect(version.source[0].task?.notes == "Ask:\n{{snippet.questions}}")
    }

    @Test("that are not there are named, with the step's line")
    func unknown() throws {
        #expect {
            try world.commands().addTemplates([try world.template("hello", body: "{{snippet.signture}}")])
        } throws: { error in
            (error as? CommandError)?.text.contains("no snippet \"signture\"") ?? false
        }
        #expect {
            try world.apply("name: calls\nsteps:\n  - { call: \"{{snippet.title}}\" }\n")
        } throws: { error in
            (error as? FileProblem)?.line == 3
        }
    }

    @Test(
        "hold text alone",
        arguments: [
            "{{snippet.other}}", "Hello {{contct.firstName}}", "{{sender.meetngLink}}", "{{snippet.a.b}}",
            "<b>bold</b>",
        ])
    func refused(body: String) {
        #expect(throws: (any Error).self) { try world.commands().addSnippets([snippet("x", body)]) }
    }

    @Test("of several lines do not fit a subject")
    func subject() throws {
        _ = try world.commands().addSnippets([snippet("two", "one\ntwo"), snippet("one", "A question")])
        let find = { (name: String) in
            try MailTemplate(name: "new", subject: "{{snippet.\(name)}}", body: "Text.")
        }
        #expect(throws: CommandError.self) { try world.commands().addTemplates([try find("two")]) }
        #expect(try world.commands().addTemplates([try find("one")]).map(\.change) == [.added])
    }

    @Test("a template may have fallbacks for the tokens of its snippets")
    func fallbacks() throws {
        _ = try world.commands().addSnippets([snippet("greeting", "Hello {{contact.plan}}")])
        let template = try MailTemplate(
            name: "greeted", subject: "A", body: "{{snippet.greeting}}",
            fallbacks: ["contact.plan": "there"])
        #expect(try world.commands().addTemplates([template]).map(\.change) == [.added])
        let idle = try MailTemplate(
            name: "idle", subject: "A", body: "{{snippet.greeting}}",
            fallbacks: ["contact.nothing": "x", "contact.plan": "x"])
        #expect(throws: CommandError.self) { try world.commands().addTemplates([idle]) }
    }

    @Test("that a template uses stay")
    func remove() throws {
        try useSignature()
        #expect(throws: CommandError.self) { try world.commands().removeSnippet("signature") }
        _ = try world.commands().addTemplates([try world.template("hello")])
        try world.commands().removeSnippet("signature")
        #expect(try world.commands().snippets().isEmpty)
    }
}

@Suite("Holiday calendars")
struct CommandsCalendarsTests {
    let world: CommandsWorld

    init() async throws { world = try await CommandsWorld() }

    private func file(_ days: String...) -> [UInt8] {
        let events = days.map {
            "BEGIN:VEVENT\r\nUID:\($0)@example.org\r\nDTSTART;VALUE=DATE:\($0)\r\nSUMMARY:Day off\r\nEND:VEVENT\r\n"
        }
        return Array(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n\(events.joined())END:VCALENDAR\r\n"
                .utf8)
    }

    @Test("S2.1 several at once, and days by their date, are left out together")
    func severalAtOnce() throws {
        _ = try world.commands().importCalendar("norway", file("20261224"), file: "n.ics")
        _ = try world.commands().importCalendar("company", file("20261228"), file: "c.ics")
        try world.apply(
            CommandsWorld.sequence.replacing(
                "followUpDays: weekdays",
                with: "followUpDays: businessDays, holidays: [norway, company, 2026-12-29]"))
        let days = try world.store.read { try #require(try $0.sequence(named: "intro")).eligibleDays }
        let wednesday = try #require(LocalDay("2026-12-23"))
        #expect(days.day(1, after: wednesday).description == "2026-12-25")
        #expect(days.day(2, after: wednesday).description == "2026-12-30")
        #expect(try world.commands().calendars().map(\.sequences) == [["intro"], ["intro"]])
    }

    @Test("that are imported again replace what was there")
    func again() throws {
        _ = try world.commands().importCalendar("norway", file("20261224", "20261225"), file: "n.ics")
        let report = try world.commands().importCalendar("norway", file("20270101"), file: "n.ics")
        #expect(report.days == 1)
        #expect(try world.commands().holidays(ofCalendar: "norway").map(\.day) == ["2027-01-01"])
    }

    @Test(
        "that are no iCalendar, or hold nothing of these years, change nothing",
        arguments: ["", "name: intro\n", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"])
    func broken(text: String) throws {
        _ = try world.commands().importCalendar("norway", file("20261224"), file: "n.ics")
        #expect {
            try world.commands().importCalendar("norway", Array(text.utf8), file: "bad.ics")
        } throws: { error in
            (error as? CommandError)?.text.hasPrefix("bad.ics") ?? false
        }
        #expect(try world.commands().calendars().map(\.days) == [1])
    }

    @Test("that a sequence names have to be there, and stay")
    func names() throws {
        _ = try world.commands().importCalendar("norway", file("20261224"), file: "n.ics")
        #expect {
            try world.apply(
                CommandsWorld.sequence.replacing("followUpDays: weekdays", with: "holidays: [norwy]"))
        } throws: { error in
            (error as? FileProblem)?.text.contains("Did you mean \"norway\"?") ?? false
        }
        try world.apply(
            CommandsWorld.sequence.replacing("followUpDays: weekdays", with: "holidays: norway"))
        #expect(throws: CommandError.self) { try world.commands().removeCalendar("norway") }
        for name in ["2026", "", "two words", "-"] {
            #expect(throws: CommandError.self) {
                try world.commands().importCalendar(name, file("20261224"), file: "n.ics")
            }
        }
    }
}

@Suite("Limits of the account")
struct CommandsLimitsTests {
    let world: CommandsWorld

    init() async throws { world = try await CommandsWorld() }

    @Test("S1.6 an eleventh template, or one sequence more, is refused until the setting is raised")
    func limits() throws {
        #expect(try world.commands().sequenceCount() == (1, 5_000))
        try world.commands().setAccountSetting("sequenceLimit", to: "1")
        let another = CommandsWorld.sequence.replacing("name: intro", with: "name: another")
        #expect(throws: CommandError.self) { try world.apply(another) }
        try world.apply(CommandsWorld.sequence)
        try world.commands().setAccountSetting("sequenceLimit", to: "2")
        try world.apply(another)
        try world.commands().setAccountSetting("templateLimit", to: "2")
        #expect(throws: FileProblem.self) { try world.apply(another) }
        #expect(try world.commands().templateLimit() == 2)
    }

    @Test(
        "are whole numbers of settings that there are",
        arguments: [("templateLimit", "0"), ("templateLimit", "ten"), ("limit", "3")])
    func refused(key: String, value: String) {
        #expect(throws: CommandError.self) { try world.commands().setAccountSetting(key, to: value) }
    }
}
