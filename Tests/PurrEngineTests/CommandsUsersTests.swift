import PurrEngine
import PurrMail
import PurrSequences
import PurrStore
import PurrTemplates
import Testing

@Suite("Users")
struct CommandsUsersTests {
    let world: CommandsWorld

    init() async throws { world = try await CommandsWorld() }

    private func change(_ body: (inout UserChange) -> Void) -> UserChange {
        var change = UserChange()
        body(&change)
        return change
    }

    @Test("come with their mailbox, and take a name, a zone, a link and a digest")
    func change() throws {
        #expect(try world.commands().users().map(\.name) == ["Sam Sender"])
        let sam = try world.commands().changeUser(
            "Sam Sender",
            change {
                $0.name = "Sam"
                $0.zone = Zone(identifier: "Europe/Oslo")
                $0.meetingLink = "https://meet.example.org/sam"
                $0.digest = .at(450)
            })
        #expect(sam.name == "Sam")
        #expect(sam.mailbox == "sam@example.org")
        #expect(sam.zone == "Europe/Oslo")
        #expect(sam.digest == "07:30")
        #expect(try world.commands().changeUser("Sam", change { $0.digest = .off }).digest == nil)
        #expect(try world.commands().users().map(\.meetingLink) == ["https://meet.example.org/sam"])
    }

    @Test(
        "have names of their own, and links that lead somewhere",
        arguments: ["everyone", "me", " ", "a\nb", "Sam Sender"])
    func refusedName(name: String) {
        #expect(throws: CommandError.self) { try world.commands().addUser(name, UserChange()) }
    }

    @Test(
        "have no link that leads nowhere",
        arguments: ["meet.example.org", "javascript:alert(1)", "https://", "https://a b"])
    func refusedLink(link: String) {
        #expect(throws: CommandError.self) {
            try world.commands().changeUser("Sam Sender", change { $0.meetingLink = link })
        }
    }

    @Test("get a mailbox from its former user")
    func mailbox() throws {
        _ = try world.commands().addUser("Ola", UserChange())
        #expect(throws: CommandError.self) {
            try world.commands().addUser("Per", change { $0.mailbox = world.sender })
        }
        let ola = try world.commands().changeUser("Ola", change { $0.mailbox = world.sender })
        #expect(ola.mailbox == "sam@example.org")
        #expect(try world.commands().users().map(\.mailbox) == ["sam@example.org", nil])
    }

    @Test("leave what is theirs to somebody")
    func remove() throws {
        _ = try world.commands().addUser("Ola", UserChange())
        #expect {
            try world.commands().removeUser("Sam Sender")
        } throws: { error in
            (error as? CommandError)?.text.contains("1 mailbox, 1 sequence") ?? false
        }
        try world.enrollKari()
        try world.commands().removeUser("Sam Sender", heir: "Ola")
        #expect(try world.commands().users().map(\.name) == ["Ola"])
        #expect(try world.commands().users().map(\.mailbox) == ["sam@example.org"])
        #expect(try world.commands().sequence(named: "intro").owner == "Ola")
        #expect(throws: CommandError.self) { try world.commands().removeUser("Ola") }
    }

    @Test("S6.3 whose meeting link is missing are told before anybody is enrolled")
    func meetingLink() throws {
        let template = try world.template("hello", body: "Choose a time: {{sender.meetingLink}}")
        _ = try world.commands().addTemplates([template])
        try world.apply(CommandsWorld.sequence)
        let refused = try world.commands().enroll(world.request("kari@north.test")).first?.result
        guard case .refused(.missingToken, let words) = refused else {
            Issue.record("was \(String(describing: refused))")
            return
        }
        #expect(words.contains("--meeting-link"))
        _ = try world.commands().changeUser(
            "Sam Sender", change { $0.meetingLink = "https://meet.example.org/sam" })
        try world.enrollKari()
        let preview = try world.commands().preview(template: "hello", contact: world.kari)
        #expect(preview.mail?.text.contains("https://meet.example.org/sam") == true)
    }
}
