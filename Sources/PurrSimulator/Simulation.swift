internal import Foundation
internal import PurrEngine
internal import PurrMail
internal import PurrSequences
internal import PurrStore

/// A simulated month of one installation: the real engine on a real in-memory database, everything else
/// drawn from one seed, which replays exactly.
package struct Simulation {
    /// What a run showed.
    package struct Report: Sendable {
        package let seed: UInt64
        package let violations: [String]
        package let effects: Int
        package let crashes: Int
        package let accepted: Int
        /// Durable writes and outside calls, each with a before and an after.
        package let places: Int
        /// What happened, line by line, for a failing seed.
        package let story: [String]
    }

    private let seed: UInt64
    private var world: World
    private let plan: Plan
    private let store: Store
    private let trigger = CrashTrigger()
    private var machines: [MailboxID: MailboxMachine] = [:]
    private var wakeAt: [MailboxID: Date] = [:]
    private var crashes = 0
    private let isFaultless: Bool
    private let cast: Cast
    private let stop: Int?
    private var callsPassed = 0
    private var workers: [MailboxID: Int] = [:]
    private var lastWorker = 0
    /// Processes that were thought dead: a virtual machine that was suspended, a network that came back.
    private var undead: [(mailbox: MailboxID, worker: Int, machine: MailboxMachine)] = []
    private var crashRate = 0.0
    private var settings = MachineSettings()
    private var userActs: Date
    private var mailboxes: [MailboxID] = []

    /// How the cast and the faults come about.
    package enum Cast: Sendable {
        /// All from the seed.
        case drawn
        /// One of each behaviour, no other faults: what ``CrashMatrix`` stops at every place.
        case fixed
    }

    /// Runs one seed to its end.
    ///
    /// - Parameter stop: The one place at which the process stops; nil for where the seed says.
    package static func run(seed: UInt64, cast: Cast = .drawn, stop: Int? = nil) throws -> Report {
        var simulation = try Simulation(seed: seed, cast: cast, stop: stop)
        return try simulation.run()
    }

    private init(seed: UInt64, cast: Cast, stop: Int?) throws {
        self.seed = seed
        self.cast = cast
        self.stop = stop
        var random = SeededNumbers(seed: seed &* 0x9E37_79B9 &+ 17)
        plan = Plan(random: &random)
        // A start anywhere in 2026, so that both changes of the clock come by.
        let start = Date(
            timeIntervalSince1970: 1_767_225_600 + Double(random.next() % 330) * 86_400
                + Double(random.next() % 86_400))
        isFaultless = cast == .fixed || seed % 5 == 0
        var faults = World.FaultRates.none
        if !isFaultless {
            faults = World.FaultRates(
                read: [0, 0.01, 0.05][Int(random.next() % 3)],
                submit: [0, 0.05, 0.2][Int(random.next() % 3)],
                unknown: [0, 0.05, 0.2][Int(random.next() % 3)], lostNotice: 0.4)
            crashRate = [0, 0.01, 0.05][Int(random.next() % 3)]
        }
        world = World(now: start, random: random, faults: faults)
        world.filesSent = world.chance(0.5)
        world.rewritesIDs = world.chance(0.25)
        userActs = start.addingTimeInterval(3_600)
        let trigger = trigger
        store = try Store.inMemory { point in try trigger.pass(point) }
        settings.pollInterval = 4 * 3_600
        try populate()
    }

    // MARK: The cast

    private mutating func populate() throws {
        let document = Document.text(of: try plan.version())
        let (settings, now) = (plan.settings, world.now)
        let sequence = try store.write {
            try $0.saveSequence(name: "plan", settings: settings, document: document, at: now)
        }
        _ = sequence
        for index in 0..<(cast == .fixed ? 1 : 1 + Int(world.random.next() % 2)) {
            guard let address = EmailAddress("sender\(index)@example.org") else { continue }
            let server = MailboxSettings.Server(host: "localhost", port: 1, security: .tls)
            var mailbox = MailboxSettings(imap: server, smtp: server, user: "x")
            if cast == .drawn, world.chance(0.3) { mailbox.limits.perDay = 4 }
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
            try enroll(from: address, index: index)
        }
        for id in mailboxes { restart(id, at: world.now) }
        try disturb()
        trigger.reset()
        if let stop { trigger.arm(afterPoints: stop) }
    }

    private mutating func enroll(from sender: EmailAddress, index: Int) throws {
        let zones = [
            "Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo", "UTC", "Asia/Kolkata",
        ]
        let behaviours =
            cast == .fixed
            ? Prospect.Behaviour.allCases
            : (0..<(2 + Int(world.random.next() % 5))).map { _ in world.pick(Prospect.Behaviour.allCases) }
        for (number, behaviour) in behaviours.enumerated() {
            guard let address = EmailAddress("p\(index)-\(number)@prospects.test"),
                let zone = Zone(identifier: world.pick(zones))
            else { continue }
            let now = world.now
            let start = now.addingTimeInterval(world.seconds(0...3 * 86_400))
            let root = "root\(world.random.next())@example.org"
            try store.write { transaction in
                guard let mailbox = try transaction.mailbox(sending: sender),
                    let sequence = try transaction.sequence(named: "plan"),
                    let step = plan.steps.first
                else { return }
                let contact = try transaction.upsert(
                    ContactDetails(email: address, firstName: "Kim"), at: now
                ).id
                let id = try transaction.insert(
                    EnrollmentDraft(
                        contact: contact, sequence: sequence.id, version: sequence.version,
                        mailbox: mailbox.id,
                        sender: sender, zone: zone, firstStep: step, start: start, threadRoot: root),
                    at: now)
                try transaction.append(
                    Event(at: now, .enrolled, mailbox: mailbox.id, enrollment: id, "Enrolled."))
            }
            world.prospects[address.key] = Prospect(
                address: address, behaviour: behaviour,
                reactsTo: 1 + Int(world.random.next() % UInt64(plan.steps.count)),
                reactsAfter: world.chance(0.3) ? world.seconds(1...120) : world.seconds(120...4 * 86_400))
        }
    }

    /// Renumbered folders, folders that close for a while, noise from strangers.
    private mutating func disturb() throws {
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

    // MARK: The run

    private mutating func run() throws -> Report {
        let start = world.now
        let endOfFaults = start.addingTimeInterval(25 * 86_400)
        let end = start.addingTimeInterval(100 * 86_400)
        var isCalm = false
        while world.now < end, world.violations.isEmpty {
            if !isCalm, world.now >= endOfFaults {
                isCalm = true
                world.faults = .none
                world.outages = [:]
                crashRate = 0
                if stop == nil { trigger.disarm() }
            }
            guard let (id, wake) = wakeAt.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else {
                break
            }
            let next = min(
                wake, world.agenda.first?.at ?? .distantFuture, isCalm ? .distantFuture : userActs)
            if next > world.now { world.advance(to: min(next, end)) }
            for mailbox in world.notified { machines[mailbox]?.notice(); wakeAt[mailbox] = world.now }
            world.notified = []
            if world.now >= userActs { try actAsUser() }
            guard wake <= world.now else {
                if isCalm, try isOver() { break }
                continue
            }
            turn(id)
        }
        if world.violations.isEmpty {
            try world.checkEnd(store, plan: plan, isFaultless: isFaultless, hasCrashed: crashes > 0)
        }
        return Report(
            seed: seed, violations: world.violations, effects: world.effects, crashes: crashes,
            accepted: world.acceptances.count, places: trigger.pointsPassed + callsPassed,
            story: world.story)
    }

    /// One step of one machine; the process may stop at any durable write or outside call.
    private mutating func turn(_ id: MailboxID) {
        guard var machine = machines[id] else { return wakeAt[id] = nil }
        if crashRate > 0, world.chance(crashRate) {
            trigger.arm(afterPoints: 1 + Int(world.random.next() % 6))
        }
        do {
            switch try machine.next(now: world.engineNow) {
            case .wait(let until):
                // The engine speaks of its own clock.
                let wake =
                    until?.addingTimeInterval(-world.clockError) ?? world.now.addingTimeInterval(6 * 3_600)
                wakeAt[id] = max(wake, world.now.addingTimeInterval(0.001))
            case .perform(let effect):
                world.tell("effect \(Self.name(of: effect))")
                try passCall()
                if world.chance(crashRate / 4) { throw StoreError(.interrupted, "Before an effect.") }
                let outcome = world.perform(effect, for: id, by: workers[id] ?? 0)
                try passCall()
                if world.chance(crashRate / 2) { throw StoreError(.interrupted, "After an effect.") }
                // Where a cursor moves is where a crash could lose a message.
                if case .readHeaders = effect, crashRate > 0, world.chance(crashRate * 2) {
                    trigger.arm(afterPoints: 1 + Int(world.random.next() % 4))
                }
                try machine.record(outcome, of: effect, now: world.engineNow)
                wakeAt[id] = world.now
            }
            machines[id] = machine
        } catch let error as StoreError where error.reason == .interrupted {
            crashes += 1
            if !isFaultless, undead.count < 2, world.chance(0.3), let worker = workers[id],
                let machine = machines[id]
            {
                undead.append((id, worker, machine))
            } else {
                world.ready[workers[id] ?? 0] = nil
            }
            world.tell("crash")
            trigger.disarm()
            restart(
                id,
                at: world.now.addingTimeInterval(
                    world.chance(0.1) ? world.seconds(60...4 * 86_400) : world.seconds(1...60)))
        } catch {
            world.violations.append("the engine failed: \(error)")
        }
    }

    /// One side of an outside call: a place to stop at, like those of the writes.
    private mutating func passCall() throws(StoreError) {
        callsPassed += 1
        guard trigger.isNext() else { return }
        throw StoreError(.interrupted, "The process stops here.")
    }

    /// One step of a process that was thought dead.
    private mutating func turnUndead() {
        guard world.chance(0.3) else { return }
        let index = Int(world.random.next() % UInt64(undead.count))
        var (mailbox, worker, machine) = undead[index]
        do {
            switch try machine.next(now: world.engineNow) {
            case .wait:
                if world.chance(0.2) { undead.remove(at: index) }
            case .perform(let effect):
                world.tell("undead effect \(Self.name(of: effect))")
                let outcome = world.perform(effect, for: mailbox, by: worker)
                try machine.record(outcome, of: effect, now: world.engineNow)
                undead[index] = (mailbox, worker, machine)
            }
        } catch  where error.reason == .leaseLost || error.reason == .interrupted {
            undead.remove(at: index)
            world.ready[worker] = nil
        } catch {
            world.violations.append("the engine failed: \(error)")
        }
    }

    private mutating func restart(_ id: MailboxID, at instant: Date) {
        lastWorker += 1
        workers[id] = lastWorker
        machines[id] = MailboxMachine(
            id, store: store, settings: settings, owner: "sim\(lastWorker)",
            entropy: SeededNumbers(seed: world.random.next()))
        wakeAt[id] = instant
    }

    /// The user resumes paused mailboxes, writes by hand, and the clock is set.
    private mutating func actAsUser() throws {
        userActs = world.now.addingTimeInterval(world.seconds(3_600...2 * 86_400))
        if stop == nil { trigger.disarm() }
        for id in mailboxes where try store.read({ try $0.mailbox(id)?.isPaused ?? false }) {
            try store.write { try $0.resumeMailbox(id) }
            wakeAt[id] = world.now
        }
        if !isFaultless, world.chance(0.05),
            let contact = world.prospects.values.map(\.address).min(by: { $0.key < $1.key }),
            let id = mailboxes.first
        {
            world.writeByHand(to: contact, from: id)
        }
        if !isFaultless, world.chance(0.1) { world.clockError = world.seconds(-90...90) }
    }

    private func isOver() throws -> Bool {
        try store.read { transaction in
            try transaction.enrollments(limit: 10_000).allSatisfy { $0.state != .active }
                && mailboxes.allSatisfy {
                    try transaction.openEntries(of: $0).isEmpty && transaction.pendingCount(of: $0) == 0
                }
        } && world.agenda.isEmpty
    }

    private static func name(of effect: Effect) -> String {
        switch effect {
        case .survey: "survey"
        case .locate(let folder, _, _): "locate \(folder)"
        case .readHeaders(let folder, _, let after, let through):
            "readHeaders \(folder) \(after.rawValue)..\(through.rawValue)"
        case .readMessages(let folder, _, let uids): "readMessages \(folder) \(uids.count)"
        case .find: "find"
        case .file: "file"
        case .fileDraft: "file a draft"
        case .post(_, _, _, let to): "post to \(to)"
        case .open(_, _, let to, _): "open \(to)"
        case .deliver(let entry, _, _): "deliver \(entry)"
        case .abandon: "abandon"
        }
    }
}
