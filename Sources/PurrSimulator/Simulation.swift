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

    let seed: UInt64
    var world: World
    /// The sequence's versions by number.
    var plans: [Int: Plan] = [:]
    var store: Store
    let trigger = CrashTrigger()
    var machines: [MailboxID: MailboxMachine] = [:]
    var wakeAt: [MailboxID: Date] = [:]
    var crashes = 0
    /// Nothing goes wrong but what people do.
    let isFaultless: Bool
    let cast: Cast
    let stop: Int?
    private var callsPassed = 0
    var workers: [MailboxID: Int] = [:]
    private var lastWorker = 0
    /// Processes that were thought dead: a virtual machine that was suspended, a network that came back.
    var undead: [(mailbox: MailboxID, worker: Int, machine: MailboxMachine)] = []
    private var crashRate = 0.0
    var settings = MachineSettings()
    /// The copy of the database that somebody goes on with; nil in most worlds.
    var copying: Copying?
    /// When the user sits down at Purr next.
    var userActs: Date
    var mailboxes: [MailboxID] = []
    /// Faults have ended: the user sees to everything, so that all comes to its end.
    var isCalm = false

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
        let start = Self.start(random: &random)
        let plan = cast == .fixed ? Plan.fixed : Plan(random: &random, start: start)
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
        world.tellsPlaces = seed.isMultiple(of: 2)
        userActs = start.addingTimeInterval(3_600)
        let trigger = trigger
        store = try Store.inMemory { point in try trigger.pass(point) }
        // The world says when a round would find something; this is for what it forgets.
        settings.pollInterval = 2 * 86_400
        drawCopy()
        try populate(plan)
        for id in mailboxes { restart(id, at: world.now) }
        try disturb()
        trigger.reset()
        if let stop { trigger.arm(afterPoints: stop) }
    }

    /// A start anywhere in 2026; every second one a few days before a clock is changed somewhere.
    private static func start(random: inout SeededNumbers) -> Date {
        let start = Date(
            timeIntervalSince1970: 1_767_225_600 + Double(random.next() % 330) * 86_400
                + Double(random.next() % 86_400))
        guard random.next() % 2 == 0,
            let zone = TimeZone(identifier: Self.zones[Int(random.next() % UInt64(Self.zones.count))]),
            let change = zone.nextDaylightSavingTimeTransition(after: start)
        else { return start }
        return change.addingTimeInterval(
            -Double(random.next() % 10) * 86_400 - Double(random.next() % 86_400))
    }

    // MARK: The run

    private mutating func run() throws -> Report {
        let start = world.now
        let endOfFaults = start.addingTimeInterval(25 * 86_400)
        let end = start.addingTimeInterval(150 * 86_400)
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
            let next = min(wake, world.agenda.first?.at ?? .distantFuture, userActs)
            if next > world.now { world.advance(to: min(next, end)) }
            for mailbox in world.notified { machines[mailbox]?.notice(); wakeAt[mailbox] = world.now }
            world.notified = []
            if world.now >= userActs { sitDown() }
            if copying != nil { try goOnWithCopy() }
            guard (wakeAt[id] ?? wake) <= world.now else {
                if isCalm, try isOver() { break }
                continue
            }
            turn(id)
            if !undead.isEmpty { turnUndead() }
        }
        if world.violations.isEmpty {
            try checkGuard()
            try world.checkEnd(
                store, plans: plans, isFaultless: isFaultless, hasCrashed: crashes > 0,
                isForgotten: isForgotten)
        }
        return Report(
            seed: seed, violations: world.violations, effects: world.effects, crashes: crashes,
            accepted: world.acceptances.count, places: trigger.pointsPassed + callsPassed,
            story: world.story)
    }

    /// The user's time at Purr; the command that a planned stop hits is the last one.
    private mutating func sitDown() {
        userActs = world.now.addingTimeInterval(
            isCalm ? world.seconds(3_600...86_400) : world.seconds(3_600...2 * 86_400))
        if stop == nil { trigger.disarm() }
        do { try actAsUser() } catch let error as StoreError where error.reason == .interrupted {
            crashes += 1
            world.tell("a command is stopped")
        } catch { world.violations.append("a command failed: \(error)") }
        // The daemon sees that another process has written.
        for id in mailboxes { wakeAt[id] = world.now }
    }

    /// One step of one machine; the process may stop at any durable write or outside call.
    private mutating func turn(_ id: MailboxID) {
        guard var machine = machines[id] else { return wakeAt[id] = nil }
        if crashRate > 0, world.chance(crashRate) {
            trigger.arm(afterPoints: 1 + Int(world.random.next() % 6))
        }
        // What was done outside is done: nobody comes back and does it again.
        var isPerformed = false
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
                isPerformed = true
                try passCall()
                if world.chance(crashRate / 2) { throw StoreError(.interrupted, "After an effect.") }
                // Where a cursor moves is where a crash could lose a message.
                if case .readHeaders = effect, crashRate > 0, world.chance(crashRate * 2) {
                    trigger.arm(afterPoints: 1 + Int(world.random.next() % 4))
                }
                try machine.record(outcome, of: effect, now: world.engineNow)
                wakeAt[id] = world.now
                if world.effects > 20_000 { world.violations.append("the engine goes round in circles") }
            }
            machines[id] = machine
        } catch let error as StoreError where error.reason == .interrupted {
            crashes += 1
            if !isFaultless, !isPerformed, undead.count < 2, world.chance(0.3), let worker = workers[id],
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
        } catch let error as StoreError where error.reason == .leaseLost {
            // One that was thought dead woke before it had taken the mailbox, and took it: a new worker comes.
            world.tell("the lease is lost")
            world.ready[workers[id] ?? 0] = nil
            restart(id, at: world.now.addingTimeInterval(world.seconds(1...60)))
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

    mutating func restart(_ id: MailboxID, at instant: Date) {
        lastWorker += 1
        workers[id] = lastWorker
        machines[id] = MailboxMachine(
            id, store: store, settings: settings, owner: "sim\(lastWorker)",
            entropy: SeededNumbers(seed: world.random.next()))
        wakeAt[id] = instant
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
        case .fileNote: "file a note"
        case .post(_, _, _, let to): "post to \(to)"
        case .open(_, _, let to, _): "open \(to)"
        case .deliver(let entry, _, _): "deliver \(entry)"
        case .abandon: "abandon"
        }
    }
}
