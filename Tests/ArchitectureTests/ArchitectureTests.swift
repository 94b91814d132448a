import Foundation
import Testing

/// Holds the sources to the table of targets in docs/DESIGN.md §1.
@Suite("The house")
struct ArchitectureTests {
    /// What each target may import of ours and of others, Foundation and the language's own modules aside.
    static let mayImport: [String: Set<String>] = [
        "PurrMail": [],
        "PurrSequences": ["PurrMail"],
        "PurrCalendar": ["CIcal", "PurrMail"],
        "PurrReplies": ["PurrCalendar", "PurrMail"],
        "PurrSendTime": [],
        "PurrTemplates": ["CCmark", "PurrMail"],
        "PurrFiles": ["PurrMail", "PurrSequences", "PurrTemplates", "Yams"],
        "PurrStore": ["GRDB", "GRDBSQLite", "PurrMail", "PurrSendTime", "PurrSequences"],
        "PurrTransport": ["CCares", "CCurl", "PurrMail"],
        "PurrMailbox": ["CEtpan", "PurrMail", "PurrTransport"],
        "PurrEngine": [
            "Crypto", "Logging", "PurrCalendar", "PurrFiles", "PurrMail", "PurrReplies", "PurrSendTime",
            "PurrSequences", "PurrStore",
            "PurrTemplates", "ServiceLifecycle",
        ],
        "PurrSimulator": ["PurrEngine", "PurrMail", "PurrSequences", "PurrStore", "PurrTemplates"],
        "PurrWeb": [
            "HTTPTypes", "Hummingbird", "HummingbirdCore", "Logging", "NIOCore", "NIOHTTPTypes",
            "PurrEngine",
            "PurrMail", "ServiceLifecycle",
        ],
        "purr": [
            "ArgumentParser", "Logging", "PurrCalendar", "PurrEngine", "PurrFiles", "PurrMail",
            "PurrMailbox",
            "PurrReplies", "PurrSendTime", "PurrSequences", "PurrSimulator", "PurrStore", "PurrTemplates",
            "PurrTransport", "PurrWeb", "ServiceLifecycle",
            "UnixSignals",
        ],
    ]
    static let free: Set<String> = ["CDispatch", "Dispatch", "Foundation", "Glibc", "Synchronization"]
    static let pure = [
        "PurrMail", "PurrCalendar", "PurrSequences", "PurrReplies", "PurrSendTime", "PurrTemplates",
        "PurrFiles",
    ]
    static let cFacing = ["PurrTransport", "PurrMailbox"]

    let files: [(target: String, name: String, text: String)]

    init() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        var files: [(String, String, String)] = []
        for target in Self.mayImport.keys.sorted() {
            let folder = sources.appending(path: target)
            let walk = try #require(
                FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
            for case let file as URL in walk where file.pathExtension == "swift" {
                files.append(
                    (target, file.lastPathComponent, try String(contentsOf: file, encoding: .utf8)))
            }
        }
        self.files = files
    }

    @Test("has every target of the table, and no other")
    func isComplete() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        let found = try FileManager.default.contentsOfDirectory(atPath: sources.path)
        let system: Set<String> = ["CCares", "CCmark", "CCurl", "CEtpan", "CIcal"]
        #expect(Set(found) == system.union(Self.mayImport.keys))
        for target in Self.mayImport.keys { #expect(files.contains { $0.target == target }) }
    }

    @Test("has arrows that point down only")
    func importsFollowTheTable() throws {
        for file in files {
            let allowed = Self.mayImport[file.target, default: []].union(Self.free)
            for line in file.text.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index <= 1, index + 1 < words.count,
                    index == 0
                        || ["package", "internal", "private", "fileprivate", "@preconcurrency"].contains(
                            words[0])
                else { continue }
                let module = String(words[index + 1])
                #expect(allowed.contains(module), "\(file.target)/\(file.name) imports \(module)")
            }
        }
    }

    @Test("has pure targets that reach for nothing", arguments: pure)
    func pureTargetsArePure(target: String) {
        let banned = ["Date()", ".now", "UUID()", ".random", "ProcessInfo", "FileManager", "print("]
        for file in files where file.target == target {
            for line in code(of: file.text) {
                for word in banned { #expect(!line.contains(word), "\(target)/\(file.name): \(line)") }
            }
        }
    }

    @Test("has only structured tasks, and no lock outside the C-facing targets")
    func concurrencyIsStructured() throws {
        let task = try Regex(#"(^|[^A-Za-z.])Task\s*\{|Task\.detached|Thread\.sleep|usleep\("#)
        for file in files {
            for line in code(of: file.text) {
                #expect(try task.firstMatch(in: line) == nil, "\(file.target)/\(file.name): \(line)")
                guard !Self.cFacing.contains(file.target) else { continue }
                for word in ["Mutex", "NSLock", "@unchecked", "nonisolated(unsafe)"] {
                    #expect(!line.contains(word), "\(file.target)/\(file.name): \(line)")
                }
            }
        }
    }

    @Test("says for each @unchecked why it holds")
    func uncheckedIsJustified() {
        for file in files where file.text.contains("@unchecked Sendable") {
            #expect(file.text.contains("`@unchecked`:"), "\(file.target)/\(file.name)")
        }
    }

    @Test("forces nothing")
    func nothingIsForced() {
        for file in files {
            for line in code(of: file.text) {
                for word in ["try!", " as! ", "fatalError("] {
                    #expect(!line.contains(word), "\(file.target)/\(file.name): \(line)")
                }
            }
        }
    }

    /// The lines without comments and without text in quotes.
    private func code(of text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let line = line.drop { $0 == " " }
            guard !line.hasPrefix("//") else { return nil }
            var code = ""
            var isQuoted = false
            for character in line {
                if character == "\"" { isQuoted.toggle() } else if !isQuoted { code.append(character) }
            }
            return code
        }
    }
}
