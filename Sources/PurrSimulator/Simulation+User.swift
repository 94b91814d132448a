internal import Foundation
internal import PurrEngine
internal import PurrMail
internal import PurrSequences
internal import PurrStore

// The user at Purr: tasks, what is held, and changes of mind, all through the commands that people have.
extension Simulation {
    mutating func actAsUser() throws {
        for id in mailboxes where try store.read({ try $0.mailbox(id)?.isPaused ?? false }) {
            guard let address = world.addresses[id] else { continue }
            _ = try commands().resumeMailbox(address)
        }
        if settings.marks != nil { try recoverStopped() }
        try seeToTasks()
        for id in mailboxes where world.chance(0.7) { world.sendDraft(from: id) }
        try seeToHeld()
        for (key, why) in world.halted.sorted(by: { $0.key < $1.key }) where why == Self.paused {
            guard isCalm || world.chance(0.5), let contact = world.prospects[key]?.address else { continue }
            try ignoringRefusals { try $0.resume([contact]) }
            world.halted[key] = nil
        }
        if !isFaultless, !isCalm { try meddle() }
    }

    static let paused = "paused"

    /// Whether nobody ever does that task.
    func isForgotten(_ task: TaskID) -> Bool {
        var draw = SeededNumbers(seed: seed &+ UInt64(bitPattern: task.rawValue) &* 7_919)
        return cast == .drawn && draw.fraction() < 0.1
    }

    /// What people ask for and is refused with a reason changes nothing.
    private mutating func ignoringRefusals(_ body: (Commands) throws -> some Any) throws {
        let commands = commands()
        do { _ = try body(commands) } catch let refusal as CommandError {
            world.tell("refused: \(refusal.text)")
        }
    }

    // MARK: Tasks

    private mutating func seeToTasks() throws {
        for task in try store.read({ try $0.tasks(TaskFilter()) }) {
            guard !isForgotten(task.id), world.chance(isCalm ? 0.9 : 0.5) else { continue }
            if task.kind == .manualEmail, world.chance(0.6) {
                // Started again where the draft was lost: the next one lies beside it.
                world.tell("the user starts \(task.title)")
                try ignoringRefusals { try $0.startTask(task.id.rawValue) }
                if task.state == .open || world.chance(0.7) { continue }
            }
            let skips = world.chance(0.2)
            world.tell("the user \(skips ? "skips" : "does") \(task.title)")
            world.taskActs[task.id, default: []].append(world.engineNow)
            try ignoringRefusals {
                skips ? try $0.skipTask(task.id.rawValue) : try $0.completeTask(task.id.rawValue)
            }
        }
        guard !isFaultless, !isCalm, world.chance(0.1) else { return }
        var filter = TaskFilter()
        filter.states = [.done, .skipped]
        let done = try store.read { [filter] in try $0.tasks(filter, limit: 20) }
        guard !done.isEmpty else { return }
        let task = world.pick(done)
        world.reopened.insert(task.id)
        world.tell("the user opens \(task.title) again")
        try ignoringRefusals { try $0.reopenTask(task.id.rawValue) }
    }

    // MARK: What is held

    /// Looks into Sent, asks the recipient, decides.
    private mutating func seeToHeld() throws {
        let held = try store.read { try $0.enrollments(in: .held, limit: 1_000) }
        for enrollment in held where world.chance(isCalm ? 0.8 : 0.5) {
            guard
                let contact = try store.read({ try $0.contact(enrollment.contact)?.email }),
                world.prospects[contact.key] != nil
            else { continue }
            let doubtful = try store.read {
                try $0.journal(of: enrollment.id).last { $0.state == .held }
            }
            let answer: DoubtAnswer? = doubtful.map { entry in
                world.acceptances.contains { $0.original == entry.messageID } ? .asSent : .sendAgain
            }
            world.steered.insert(enrollment.id)
            if try isKnownToHaveLeft(enrollment) {
                world.tell("the user finds in Sent what was sent to \(contact)")
                try ignoringRefusals { try $0.unenroll([contact]) }
                continue
            }
            world.tell("the user releases \(contact) (\(enrollment.reason))")
            try ignoringRefusals { try $0.release([contact], answer: answer) }
        }
    }

    // MARK: Changes of mind

    private mutating func meddle() throws {
        let everybody = world.prospects.values.map(\.address).sorted { $0.key < $1.key }
        guard !everybody.isEmpty, let mailbox = mailboxes.first, let sender = world.addresses[mailbox]
        else {
            return
        }
        let contact = world.pick(everybody)
        let open = try store.read { transaction in
            try transaction.contact(contact).map { try transaction.enrollments(of: $0.id) } ?? []
        }.first(where: \.state.isOpen)
        if let open, world.chance(0.2) { try stopOrPause(contact, open) }
        if open == nil, world.chance(0.3) {
            let refusal = try enroll(contact, from: sender, isAgain: true)
            world.tell("the user enrolls \(contact) again: \(refusal ?? "done")")
        }
        if copying == nil, world.chance(0.1), let plan = plans[plans.keys.max() ?? 1] {
            world.tell("the user edits the sequence")
            try save(plan.edited(random: &world.random))
        }
        if world.chance(0.05) { world.writeByHand(to: contact, from: mailbox) }
        if world.chance(0.1) {
            world.clockError = world.seconds(-90...90)
            world.clockWasSet = true
        }
    }

    private mutating func stopOrPause(_ contact: EmailAddress, _ open: EnrollmentRecord) throws {
        world.steered.insert(open.id)
        switch world.random.next() % 5 {
        case 0:
            world.tell("the user unenrolls \(contact)")
            world.halted[contact.key] = "unenrolled by hand"
            try ignoringRefusals { try $0.unenroll([contact]) }
        case 1:
            world.tell("the user puts \(contact) on the suppression list")
            world.halted[contact.key] = "suppressed by hand"
            world.prospects[contact.key]?.hasOptedOut = true
            try ignoringRefusals { try $0.suppress(.address(contact)) }
        default:
            guard open.state == .active else { return }
            world.tell("the user pauses \(contact)")
            world.halted[contact.key] = Self.paused
            try ignoringRefusals { try $0.pause([contact]) }
        }
    }

    // MARK: The end

    /// Whether nothing more will happen: all is over, held, or waits for a task that nobody will do.
    func isOver() throws -> Bool {
        guard world.agenda.isEmpty else { return false }
        return try store.read { transaction in
            let isSettled = try transaction.enrollments(limit: 10_000).allSatisfy { enrollment in
                switch enrollment.state {
                case .active:
                    guard let id = enrollment.awaitsTask, isForgotten(id) else { return false }
                    return try transaction.task(id)?.state.isOpen ?? false
                case .paused: return false
                case .held, .finished, .unenrolled: return true
                }
            }
            guard isSettled else { return false }
            return try mailboxes.allSatisfy {
                try transaction.openEntries(of: $0).isEmpty && transaction.pendingCount(of: $0) == 0
            }
        }
    }
}
