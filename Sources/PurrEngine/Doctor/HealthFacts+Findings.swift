internal import Foundation
internal import PurrMail

extension HealthFacts {
    /// What the facts mean, and what to do: a function of them alone.
    package var findings: [HealthFinding] {
        guard !database.isAbsent else { return [clockFinding, zonesFinding, databaseFinding] }
        return [clockFinding, zonesFinding, diskFinding] + folderFindings + [
            keyFinding, databaseFinding, daemonFinding,
        ]
            + [webFinding].compactMap { $0 } + mailboxes.flatMap { $0.findings(at: now) }
            + (isOffline ? [] : domains.flatMap(\.findings))
    }

    /// Seconds that clocks may differ before that is worth a word, and before it is wrong.
    private static let (skewWarning, skewWrong): (TimeInterval, TimeInterval) = (120, 600)

    private var clockFinding: HealthFinding {
        let fix = "Set the clock and keep it so, with NTP: timedatectl set-ntp true."
        if let built = clock.builtAt, now < built.addingTimeInterval(-86_400) {
            return HealthFinding(
                .clock, "", .wrong, "This machine's clock stands before the day this program was built.",
                fix: fix)
        }
        if let newest = clock.newestNote, now < newest.addingTimeInterval(-Self.skewWarning) {
            return HealthFinding(
                .clock, "", .wrong,
                "This machine's clock stands \(Self.span(newest.timeIntervalSince(now))) before the newest entry of the database.",
                fix: fix)
        }
        if let newest = clock.newestNote, now > newest.addingTimeInterval(400 * 86_400) {
            return HealthFinding(
                .clock, "", .warning,
                "The newest entry of the database is \(Self.span(now.timeIntervalSince(newest))) old; is the clock right?",
                fix: fix)
        }
        let readings = clock.readings.map { (reading: $0, skew: $0.ours.timeIntervalSince($0.theirs)) }
        guard let worst = readings.max(by: { abs($0.skew) < abs($1.skew) }) else {
            return HealthFinding(
                .clock, "", isOffline ? .ok : .skipped,
                "This machine's clock is plausible; no server's time was at hand to hold it against.")
        }
        let away = Self.span(abs(worst.skew))
        let what =
            "This machine's clock is \(away) \(worst.skew > 0 ? "ahead of" : "behind") that of \(worst.reading.source)."
        if abs(worst.skew) > Self.skewWrong { return HealthFinding(.clock, "", .wrong, what, fix: fix) }
        if abs(worst.skew) > Self.skewWarning { return HealthFinding(.clock, "", .warning, what, fix: fix) }
        return HealthFinding(
            .clock, "", .ok,
            "This machine's clock agrees with \(worst.reading.source) (\(Int(abs(worst.skew).rounded())) s)."
        )
    }

    private static func span(_ seconds: TimeInterval) -> String {
        let seconds = Int(max(-9e9, min(9e9, seconds)))
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7_200: "\(seconds / 60) minutes"
        case ..<172_800: "\(seconds / 3_600) hours"
        default: "\(seconds / 86_400) days"
        }
    }

    private var zonesFinding: HealthFinding {
        guard zones.wrong.isEmpty else {
            return HealthFinding(
                .timeZones, "", .wrong,
                "Time zones are not read as they are (\(zones.wrong.joined(separator: ", "))), so mails would leave at wrong hours.",
                fix:
                    "Install this system's time-zone data (Debian: apt install --reinstall tzdata), then restart purr run."
            )
        }
        let version = zones.version.isEmpty ? "" : " \(zones.version)"
        let days = LocalYear.of(now) - (Int(zones.version.prefix(4)) ?? LocalYear.of(now))
        guard days < 3 else {
            return HealthFinding(
                .timeZones, "", .warning,
                "The time-zone data\(version) is \(days) years old; countries have changed their clocks since.",
                fix: "Update the system, or Purr.")
        }
        return HealthFinding(.timeZones, "", .ok, "Time zones are there (data\(version)).")
    }

    private var diskFinding: HealthFinding {
        guard let disk else {
            return HealthFinding(.disk, "", .skipped, "The disk could not be asked for its free space.")
        }
        let free = Self.size(disk.free)
        let fix = "Free some space, or move the data folder to a larger disk."
        // SQLite writes changes twice before they are one, and a mail is kept before it leaves.
        let least = max(100_000_000, disk.databaseSize / 10)
        if disk.free < least {
            return HealthFinding(
                .disk, "", .wrong,
                "\(free) are free; Purr sends nothing when the disk is full, and a database of \(Self.size(disk.databaseSize)) wants \(Self.size(least)).",
                fix: fix)
        }
        if let files = disk.freeFiles, files < 1_000 {
            return HealthFinding(
                .disk, "", .wrong, "Only \(files) more files can be made on the data folder's disk.",
                fix: "Delete files there; their number is what is used up, not their size.")
        }
        switch disk.special {
        case .network?:
            return HealthFinding(
                .disk, "", .wrong,
                "The data folder is on a network file system, on which SQLite's locks and journal are not safe.",
                fix: "Move the data folder to a disk of this machine.")
        case .memory?:
            return HealthFinding(
                .disk, "", .warning,
                "The data folder is in memory (tmpfs): it is gone when the machine restarts.",
                fix: "For anything but a trial, move it to a disk.")
        case nil: break
        }
        guard disk.free >= 1_000_000_000 else {
            return HealthFinding(.disk, "", .warning, "\(free) are free.", fix: fix)
        }
        return HealthFinding(.disk, "", .ok, "\(free) are free.")
    }

    private static func size(_ bytes: Int64) -> String {
        bytes < 1_000_000_000
            ? "\(bytes / 1_000_000) MB" : "\(bytes / 100_000_000 / 10).\(bytes / 100_000_000 % 10) GB"
    }

    private var folderFindings: [HealthFinding] {
        var found: [HealthFinding] = []
        for file in files {
            let check: HealthFinding.Check = file.role == .key ? .key : .folder
            let what =
                switch file.role {
                case .folder: "The data folder \(file.path)"
                case .key: "The key file \(file.path)"
                case .database: "The database \(file.path)"
                }
            if file.mode & 0o077 != 0 {
                let octal = String(file.mode & 0o777, radix: 8)
                found.append(
                    HealthFinding(
                        check, "", .wrong, "\(what) is open to others than its owner (\(octal)).",
                        fix: "chmod \(file.role == .folder ? "700" : "600") \(file.path)"))
            } else if !file.isOurs {
                found.append(
                    HealthFinding(
                        check, "", .warning, "\(what) belongs to another user than the one who runs this.",
                        fix: "Run purr as its owner, or give it to you with chown."))
            }
        }
        if !found.contains(where: { $0.check == .folder }), !files.isEmpty {
            found.append(HealthFinding(.folder, "", .ok, "The data folder is its owner's alone."))
        }
        return found
    }

    private var keyFinding: HealthFinding {
        if let problem = key.problem {
            return HealthFinding(
                .key, "", .wrong, problem,
                fix:
                    "Put the key file back from a backup; without it, connect each mailbox again with purr mailbox add ADDRESS --update."
            )
        }
        guard key.closed.isEmpty else {
            return HealthFinding(
                .key, "", .wrong,
                "The key does not open the password of \(key.closed.joined(separator: ", ")).",
                fix:
                    "Put the right key file back, or give the password again: purr mailbox add \(key.closed[0]) --update."
            )
        }
        return HealthFinding(.key, "", .ok, "The key opens what is sealed with it.")
    }

    private var databaseFinding: HealthFinding {
        if let problem = database.problem {
            return HealthFinding(
                .database, "", .wrong, problem,
                fix: database.isAbsent
                    ? "Make it with purr init, or name the right folder with --data or PURR_DATA."
                    : "Do what it says; nothing else can be looked at before.")
        }
        if let damage = database.damage {
            return HealthFinding(
                .database, "", .wrong, "The database is damaged: \(damage).",
                fix: "Stop the daemon, keep a copy of the folder, and restore the newest backup.")
        }
        return HealthFinding(.database, "", .ok, "The database is whole (schema \(database.schema)).")
    }

    private var daemonFinding: HealthFinding {
        if let alarm = daemon.alarms.first {
            let more = daemon.alarms.count - 1
            return HealthFinding(
                .daemon, "", .wrong, alarm + (more > 0 ? " (\(more) more: purr status.)" : ""),
                fix: daemon.isRunning ? "See: purr status." : "Start it: purr run.")
        }
        guard daemon.isRunning else {
            return HealthFinding(
                .daemon, "", daemon.hasWork ? .warning : .ok, "The daemon is not running.",
                fix: daemon.hasWork ? "Nothing leaves and no answer is seen before it runs: purr run." : "")
        }
        guard daemon.held == 0 else {
            return HealthFinding(
                .daemon, "", .warning,
                "The daemon runs; \(daemon.held == 1 ? "one enrollment waits" : "\(daemon.held) enrollments wait") for you.",
                fix: "See: purr held.")
        }
        return HealthFinding(.daemon, "", .ok, "The daemon runs.")
    }

    private var webFinding: HealthFinding? {
        guard let web else {
            return HealthFinding(
                .publicURL, "", .skipped, "There is no public URL; opting out works by mail.")
        }
        guard web.wasAsked else {
            return HealthFinding(.publicURL, "", .skipped, "\(web.url) was not asked.")
        }
        if let problem = web.problem {
            return HealthFinding(
                .publicURL, "", web.hasPassed ? .wrong : .warning, problem,
                fix: web.isOn
                    ? "Mend it and see: purr web check; until then that command keeps links out of mails."
                    : "Switch the web front on: purr web set --port 8025, then purr web check.")
        }
        guard web.hasPassed else {
            return HealthFinding(
                .publicURL, "", .warning, "\(web.url) leads here, but mails do not use it yet.",
                fix: "Let it pass its self-test: purr web check.")
        }
        return HealthFinding(
            .publicURL, "", .ok,
            "\(web.url) leads here\(web.isSecure ? "" : "; it is no https address, so mails do not offer the one-click post")."
        )
    }
}

/// The year of an instant in UTC.
private enum LocalYear {
    static func of(_ instant: Date) -> Int {
        MailDate.civil(Int((instant.timeIntervalSince1970 / 86_400).rounded(.down))).year
    }
}
