internal import Foundation
internal import PurrMail

// A mailbox: both logins, its folders, and what became of a mail to itself.
extension HealthFacts.Mailbox {
    func findings(at now: Date) -> [HealthFinding] {
        var found = [finding(.imap, imap), finding(.smtp, smtp)]
        found.insert(stateFinding, at: 0)
        found += folderFindings
        found.append(deliveryFinding(at: now))
        return found
    }

    private var stateFinding: HealthFinding {
        if let pauseReason {
            return HealthFinding(
                .mailbox, address, .warning, "It is paused, so nothing is sent from it: \(pauseReason)",
                fix: "To go on: purr mailbox resume \(address).")
        }
        guard hasPostalAddress else {
            return HealthFinding(
                .mailbox, address, .warning,
                "Its mails say no postal address, which many countries want below mail to strangers.",
                fix: "Give one: purr mailbox set \(address) --postal-address \"…\".")
        }
        return HealthFinding(.mailbox, address, .ok, "It sends.")
    }

    private func finding(_ check: HealthFinding.Check, _ login: Login) -> HealthFinding {
        switch login {
        case .notTried(let why):
            HealthFinding(check, address, .skipped, why.isEmpty ? "It was not tried." : why)
        case .good(let what): HealthFinding(check, address, .ok, what)
        case .failed(let why, let advice): HealthFinding(check, address, .wrong, why, fix: advice)
        }
    }

    private var folderFindings: [HealthFinding] {
        guard let folders else {
            return [HealthFinding(.folders, address, .skipped, "The server was not asked for its folders.")]
        }
        if !refused.isEmpty {
            return [
                HealthFinding(
                    .folders, address, .wrong,
                    "The server does not open \(Self.names(refused)), so nobody knows whether an answer lies there and nothing is sent.",
                    fix:
                        "Let your login read them, or leave them out: purr mailbox folders \(address) --exclude NAME."
                )
            ]
        }
        let watched = folders.filter {
            $0.isSelectable && $0.role != .drafts && !excluded.contains($0.name.description)
        }
        guard watched.contains(where: { $0.role == .inbox }) else {
            return [
                HealthFinding(
                    .folders, address, .wrong, "The server lists no INBOX, so answers cannot be seen.",
                    fix: "Ask the provider whether IMAP shows all folders of this login.")
            ]
        }
        guard watched.contains(where: { $0.role == .sent }) else {
            return [
                HealthFinding(
                    .folders, address, .warning,
                    "\(watched.count) folders are watched, none of them for sent mail, so mail that you send by hand is not seen.",
                    fix: "Let the provider show the folder for sent mail over IMAP.")
            ]
        }
        guard excluded.isEmpty else {
            return [
                HealthFinding(
                    .folders, address, .warning,
                    "\(watched.count) folders are watched; answers in \(Self.names(excluded)) are not seen, because you left that out.",
                    fix: "To watch it again: purr mailbox folders \(address) --include NAME.")
            ]
        }
        return [HealthFinding(.folders, address, .ok, "\(watched.count) folders are watched.")]
    }

    private static func names(_ names: [String]) -> String {
        let shown = names.prefix(3).joined(separator: ", ")
        return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
    }

    private func deliveryFinding(at now: Date) -> HealthFinding {
        guard let probe else {
            return HealthFinding(
                .delivery, address, .skipped, "No test mail was found in the mailbox.",
                fix: "Send one: purr doctor --mailbox \(address) --probe.")
        }
        let days = Int(max(0, now.timeIntervalSince(probe.sentAt)) / 86_400)
        let age = days == 0 ? "" : days == 1 ? " a day ago" : " \(days) days ago"
        if probe.isJunk {
            return HealthFinding(
                .delivery, address, .wrong,
                "The test mail\(age) came into \(probe.folder): your own server takes your mail for junk.",
                fix: "Mend what is wrong with SPF, DKIM and DMARC first, and tell the provider.")
        }
        guard let verdict = probe.verdict, !verdict.results.isEmpty else {
            return HealthFinding(
                .delivery, address, .ok,
                "The test mail\(age) came into \(probe.folder); the server noted nothing about who sent it."
            )
        }
        let words = verdict.results.filter { ["spf", "dkim", "dmarc"].contains($0.method) }
            .map { "\($0.method) \($0.result)" }.joined(separator: ", ")
        let spf = verdict.results(of: "spf").map(\.result)
        let dkim = verdict.results(of: "dkim").map(\.result)
        let bad: Set<String> = ["fail", "softfail", "permerror", "hardfail"]
        let hasPassed = spf.contains("pass") || dkim.contains("pass")
        if verdict.results(of: "dmarc").contains(where: { bad.contains($0.result) })
            || (!hasPassed && (spf + dkim).contains(where: bad.contains))
        {
            return HealthFinding(
                .delivery, address, .wrong,
                "\(verdict.server) did not believe the test mail\(age): \(words).",
                fix: "Mend SPF and DKIM of the sender's domain, then see: purr doctor --probe.")
        }
        if dkim.contains(where: bad.contains) || spf.contains(where: bad.contains) {
            return HealthFinding(
                .delivery, address, .warning,
                "\(verdict.server) has doubts about the test mail\(age): \(words).",
                fix: "Mend what failed; mail that is passed on keeps only its DKIM signature.")
        }
        return HealthFinding(
            .delivery, address, .ok,
            "The test mail\(age) came into \(probe.folder)\(words.isEmpty ? "" : " (\(verdict.server): \(words))")."
        )
    }
}
