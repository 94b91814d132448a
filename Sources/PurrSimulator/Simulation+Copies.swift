internal import Foundation
internal import PurrEngine
internal import PurrMail
internal import PurrSequences
internal import PurrStore

// Worlds in which somebody goes on with a copy of the database: a backup that is put back, or a whole machine
// that is set back to an earlier day (spec sending M5.4).
extension Simulation {
    /// The life of one copy.
    struct Copying {
        /// A stream of its own, so that worlds without a copy stay as they are.
        var random: SeededNumbers
        var copyAt: Date
        let goOnAt: Date
        /// Whether Purr knows of it (`purr backup`, `purr restore`), or the file system alone.
        let isByCommand: Bool
        var copy: Store?
        var halted: [String: String] = [:]
        var taskActs: [TaskID: [Date]] = [:]
        var reopened: Set<TaskID> = []
        /// The step that each thread began with.
        var firstSteps: [String: Int] = [:]
        var isOver = false
    }

    /// Every second world has the guard, every fourth one a copy.
    mutating func drawCopy() {
        guard cast == .fixed || seed % 2 == 1 else { return }
        settings.marks = MailMarks(bytes: [UInt8](repeating: UInt8(seed % 251), count: 32))
        guard cast == .drawn, seed % 4 == 3 else { return }
        var random = SeededNumbers(seed: seed &* 0x51_7C_C1 &+ 5)
        let copied = random.fraction() * 12 * 86_400
        let lost = random.fraction() * 10 * 86_400
        copying = Copying(
            random: random, copyAt: world.now + copied, goOnAt: world.now + copied + lost,
            isByCommand: seed % 8 == 3)
    }

    /// Makes the copy, or goes on with it, when its time has come.
    mutating func goOnWithCopy() throws {
        guard var copying, !copying.isOver else { return }
        defer { self.copying = copying }
        // Anywhere in what the engine is doing, not only when it wakes.
        guard world.now >= (copying.copy == nil ? copying.copyAt : copying.goOnAt),
            copying.random.fraction() < 0.3
        else { return }
        trigger.disarm()
        guard let copy = copying.copy else { return try makeCopy(&copying) }
        guard copying.isByCommand || isAllInSent() else { return }
        world.tell("an earlier copy of the database takes the place of the present one")
        for enrollment in try store.read({ try $0.enrollments(limit: 10_000) }) {
            copying.firstSteps[enrollment.threadRoot] = world.firstSteps[enrollment.id] ?? 1
        }
        copying.isOver = true
        store = copy
        copying.copy = nil
        undead = []
        world.ready = [:]
        world.posted = [:]
        // Who was enrolled again since is welcome once more, whatever the copy has of an earlier enrollment.
        world.halted = copying.halted.filter { key, _ in
            world.prospects[key].map { $0.enrolledAt <= copying.copyAt } ?? true
        }
        world.taskActs = copying.taskActs
        world.reopened = copying.reopened
        world.isRestored = true
        for id in mailboxes { restart(id, at: world.now) }
        world.firstSteps = [:]
        try relabel(copying)
    }

    private mutating func makeCopy(_ copying: inout Copying) throws {
        let trigger = trigger
        world.tell("the database is copied")
        if copying.isByCommand { try store.write { try $0.requireNewEpochs() } }
        let copy = try store.copyInMemory { point in try trigger.pass(point) }
        let now = world.engineNow
        if copying.isByCommand { try copy.write { try $0.markRestored("From a backup.", at: now) } }
        copying.copy = copy
        copying.halted = world.halted
        copying.taskActs = world.taskActs
        copying.reopened = world.reopened
    }

    /// The numbers of enrollments mean others than before; who was enrolled since the copy is known by it alone.
    private mutating func relabel(_ copying: Copying) throws {
        for enrollment in try store.read({ try $0.enrollments(limit: 10_000) }) {
            guard let step = copying.firstSteps[enrollment.threadRoot] else { continue }
            world.firstSteps[enrollment.id] = step
        }
    }

    /// Whether a copy of all that left lies where the guard looks.
    private func isAllInSent() -> Bool {
        world.acceptances.allSatisfy { acceptance in
            world.accounts[acceptance.mailbox]?.find(
                [acceptance.original, acceptance.mail.messageID], in: [FolderName(wire: "Sent")]) != nil
        }
    }

    // MARK: The user

    /// Recovers what is stopped, as `purr recover` does.
    mutating func recoverStopped() throws {
        for address in try commands().stoppedMailboxes() {
            guard let id = world.addresses.first(where: { $0.value == address })?.key else { continue }
            if copying == nil {
                world.violations.append("the guard stopped \(address), and there is no copy")
            }
            var request = RecoveryRequest(mailbox: address)
            request.holdsAll = copying.map { $0.isByCommand && seed % 16 == 3 } ?? false
            world.tell("the user recovers \(address)")
            // Broken off now and then: doing it again is all there is to do.
            if !isFaultless, !isCalm, world.chance(0.3) {
                trigger.arm(afterPoints: 1 + Int(world.random.next() % 12))
            }
            defer { trigger.disarm() }
            guard try readAll(id) else { continue }
            let (report, isToBeReadAgain) = try commands().place(request)
            if isToBeReadAgain { guard try readAll(id) else { continue } }
            let settled = try commands().settle(request, report)
            world.tell("recovered: \(settled.placed) of \(settled.found), \(settled.held) held")
            settled.unplaced.forEach { reason in world.tell("not placed: \(reason)") }
            trigger.disarm()
            restart(id, at: world.now)
            if let copying { try relabel(copying) }
            try notePauses()
        }
    }

    /// Who is paused in the database as it is now.
    private mutating func notePauses() throws {
        for enrollment in try store.read({ try $0.enrollments(in: .paused, limit: 1_000) }) {
            guard let key = try store.read({ try $0.contact(enrollment.contact)?.email.key }) else {
                continue
            }
            world.halted[key] = Self.paused
        }
    }

    /// Reads a mailbox to its end; whether that was possible.
    private mutating func readAll(_ id: MailboxID) throws -> Bool {
        var settings = settings
        settings.isReadingOnly = true
        var machine = MailboxMachine(
            id, store: store, settings: settings, owner: "recover",
            entropy: SeededNumbers(seed: world.random.next()))
        for _ in 0..<2_000 {
            guard case .perform(let effect) = try machine.next(now: world.engineNow) else {
                return machine.isRead
            }
            let outcome = world.perform(effect, for: id, by: 0)
            try machine.record(outcome, of: effect, now: world.engineNow)
            if !machine.isWatching { return false }
        }
        world.violations.append("the mailbox is not read to its end")
        return false
    }

    /// Whether a look into Sent shows that a step that is held went out.
    func isKnownToHaveLeft(_ enrollment: EnrollmentRecord) throws -> Bool {
        guard enrollment.reason == HoldReason.recovered.rawValue, let step = enrollment.nextStep,
            let number = plans[enrollment.version]?.number(of: step)
        else { return false }
        return world.acceptances.contains {
            $0.mail.step == number && $0.thread == enrollment.threadRoot
        }
    }

    // MARK: The end

    /// Where there is no copy nothing is stopped.
    mutating func checkGuard() throws {
        guard copying == nil, settings.marks != nil else { return }
        for address in try commands().stoppedMailboxes() {
            world.violations.append("the guard stopped \(address), and there is no copy")
        }
    }
}
