internal import Foundation
internal import PurrEngine
internal import PurrMail
internal import PurrSequences
internal import PurrStore

// Who takes part: mailboxes, prospects, and what happens to the servers.
extension Simulation {
    /// Clocks of all kinds: summer time by one hour, by half of one, by two, in either half of the year, or never.
    static let zones = [
        "Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo", "UTC", "Asia/Kolkata",
        "Pacific/Chatham", "America/Santiago", "Africa/Casablanca", "Antarctica/Troll", "Asia/Beirut",
    ]

    /// What people ask of the engine at its present time.
    mutating func commands() -> Commands {
        Commands(
            store: store, now: world.engineNow, entropy: SeededNumbers(seed: world.random.next()))
    }

    mutating func populate(_ plan: Plan) throws {
        try save(plan)
        let now = world.now
        for index in 0..<(cast == .fixed ? 1 : 1 + Int(world.random.next() % 2)) {
            guard let address = EmailAddress("sender\(index)@example.org") else { continue }
            let server = MailboxSettings.Server(host: "localhost", port: 1, security: .tls)
            var mailbox = MailboxSettings(imap: server, smtp: server, user: "x")
            if cast == .drawn, world.chance(0.3) { mailbox.limits.perDay = 4 }
            if cast == .drawn, world.chance(0.3) { mailbox.limits.bulkPerMinute = 1 }
            let id = try store.write { [mailbox] transaction in
                try transaction.insertMailbox(
                    address: address, name: "Sender", settings: Document.text(of: mailbox), credential: [],
                    at: now)
            }
            guard let id else { continue }
            mailboxes.append(id)
            world.accounts[id] = SimulatedAccount()
            world.addresses[id] = address
            // The probe at connect time knows it for some.
            if world.chance(0.6) {
                let filesSent = world.filesSent
                try store.write { try $0.setFilesSent(filesSent, of: id) }
            }
            try invite(from: address, index: index, plan)
        }
    }

    /// Stores a version of the sequence.
    mutating func save(_ plan: Plan) throws {
        let (document, settings, now) = (
            Document.text(of: try plan.version()), plan.settings, world.engineNow
        )
        let saved = try store.write {
            try $0.saveSequence(name: "plan", settings: settings, document: document, at: now)
        }
        plans[saved.version] = plan
    }

    private mutating func invite(from sender: EmailAddress, index: Int, _ plan: Plan) throws {
        let behaviours =
            cast == .fixed
            ? Prospect.Behaviour.allCases
            : (0..<(2 + Int(world.random.next() % 5))).map { _ in world.pick(Prospect.Behaviour.allCases) }
        for (number, behaviour) in behaviours.enumerated() {
            // Some are colleagues, by their domain or by the company's name.
            let domain =
                cast == .drawn && world.chance(0.4) ? "company.test" : "p\(index)-\(number).test"
            let company = cast == .drawn && world.chance(0.2) ? "Acme" : ""
            guard let address = EmailAddress("p\(index)-\(number)@\(domain)") else { continue }
            let now = world.now
            _ = try store.write {
                try $0.upsert(
                    ContactDetails(email: address, firstName: "Kim", company: company), at: now)
            }
            world.prospects[address.key] = Prospect(
                address: address, behaviour: behaviour, company: company,
                reactsTo: world.pick(plan.mailNumbers),
                reactsAfter: world.chance(0.3) ? world.seconds(1...120) : world.seconds(120...4 * 86_400),
                enrolledAt: now)
            let refusal = try enroll(address, from: sender, isAgain: false)
            if let refusal { world.violations.append("nobody could be enrolled: \(refusal)") }
        }
    }

    /// Enrolls a contact; why not, if not.
    mutating func enroll(_ contact: EmailAddress, from sender: EmailAddress, isAgain: Bool) throws
        -> String?
    {
        guard let plan = plans[plans.keys.max() ?? 1], let zone = Zone(identifier: world.pick(Self.zones))
        else { return nil }
        var request = EnrollmentRequest(sequence: "plan", contacts: [contact], sender: sender)
        request.zone = zone
        request.start = world.engineNow.addingTimeInterval(world.seconds(0...3 * 86_400))
        request.isAgain = isAgain
        request.isRecentWelcome = true
        if cast == .drawn {
            request.firstStep =
                world.chance(0.1) ? 1 + Int(world.random.next() % UInt64(plan.steps.count)) : 1
            request.bulkFrom = world.chance(0.3) ? 1 : 20
        }
        let commands = commands()
        for (_, result) in try commands.enroll(request) {
            switch result {
            case .enrolled(let id, _, _):
                world.firstSteps[id] = request.firstStep
                world.prospects[contact.key]?.enrolledAt = world.now
                world.halted[contact.key] = nil
            case .known: break
            case .refused(let why, _): return why.rawValue
            }
        }
        return nil
    }

    /// Renumbered folders, folders that close for a while, noise from strangers.
    mutating func disturb() throws {
        for id in mailboxes {
            for _ in 0..<Int(world.random.next() % 4) {
                let at = world.now.addingTimeInterval(world.seconds(0...20 * 86_400))
                world.schedule(.renumber(id, world.pick(["INBOX", "INBOX", "Sent", "Archive"])), at: at)
            }
            if !isFaultless, world.chance(0.2) {
                let at = world.now.addingTimeInterval(world.seconds(0...15 * 86_400))
                world.schedule(.refuse(id, "Archive", true), at: at)
                world.schedule(
                    .refuse(id, "Archive", false),
                    at: at.addingTimeInterval(world.seconds(600...2 * 86_400)))
            }
            for index in 0..<Int(world.random.next() % 6) {
                let text =
                    "From: stranger\(index)@spam.test\r\nTo: you@example.org\r\nMessage-ID: <n\(index)@spam.test>\r\nSubject: Offer\r\n\r\nBuy.\r\n"
                let at = world.now.addingTimeInterval(world.seconds(0...20 * 86_400))
                world.schedule(.arrive(id, "INBOX", Array(text.utf8), from: "", .noise), at: at)
            }
        }
    }
}
