import Foundation
import PurrEngine
import PurrMail
import PurrStore
import Testing

@Suite("The data folder")
struct DataFolderTests {
    /// A folder of its own, gone with the test.
    final class Place: Sendable {
        let path = NSTemporaryDirectory() + "purr-\(UUID().uuidString)"
        var folder: DataFolder { DataFolder(path: path + "/data") }
        func keyFile(_ environment: [String: String] = [:]) -> KeyFile {
            KeyFile(of: folder, environment: environment)
        }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private let place = Place()

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("is where it is told to be")
    func location() {
        let home = ["HOME": "/home/kari"]
        #expect(DataFolder(named: nil, environment: home).path == "/home/kari/.local/share/purr")
        let shared = home.merging(["XDG_DATA_HOME": "/x"]) { $1 }
        #expect(DataFolder(named: nil, environment: shared).path == "/x/purr")
        #expect(
            DataFolder(named: nil, environment: home.merging(["XDG_DATA_HOME": "x"]) { $1 }).path
                == "/home/kari/.local/share/purr")
        #expect(
            DataFolder(named: nil, environment: shared.merging(["PURR_DATA": "/y"]) { $1 }).path == "/y")
        #expect(
            DataFolder(named: "/z", environment: shared.merging(["PURR_DATA": "/y"]) { $1 }).path == "/z")
    }

    @Test("is for its owner alone, and made once")
    func creation() throws {
        let folder = place.folder
        #expect(try folder.create(isDemo: false, keyFile: place.keyFile()) == .made)
        #expect(try mode(folder.path) == 0o700)
        #expect(try mode(folder.path + "/key") == 0o600)
        let key = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/key"))
        #expect(key.count == 32)
        #expect(try folder.create(isDemo: false, keyFile: place.keyFile()) == .wasThere)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/key")) == key)
    }

    @Test("that cannot be made leaves nothing behind, and touches no key that was there")
    func halfMade() throws {
        let folder = place.folder
        try FileManager.default.createDirectory(
            atPath: folder.databasePath, withIntermediateDirectories: true)
        try FileManager.default.removeItem(atPath: folder.databasePath)
        let key = Data(repeating: 7, count: 32)
        try key.write(to: URL(fileURLWithPath: folder.path + "/key"))
        // A database cannot be opened where a folder has its journal's name.
        try FileManager.default.createDirectory(
            atPath: folder.databasePath + "-wal/x", withIntermediateDirectories: true)
        #expect(throws: (any Error).self) { try folder.create(isDemo: true, keyFile: place.keyFile()) }
        #expect(!FileManager.default.fileExists(atPath: folder.databasePath))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/key")) == key)
    }

    @Test("of real data never becomes a demo")
    func noDemoLater() throws {
        let folder = place.folder
        _ = try folder.create(isDemo: false, keyFile: place.keyFile())
        #expect(throws: CommandError.self) { try folder.create(isDemo: true, keyFile: place.keyFile()) }
        #expect(try !folder.open().isDemo())
    }

    @Test("that is not there is named, and not made by looking")
    func absent() {
        #expect(throws: CommandError.self) { try place.folder.open() }
        #expect(!FileManager.default.fileExists(atPath: place.folder.path))
    }

    @Test("is one daemon's at a time")
    func lock() throws {
        let folder = place.folder
        _ = try folder.create(isDemo: false, keyFile: place.keyFile())
        #expect(!folder.isDaemonRunning)
        var lock: DaemonLock? = try DaemonLock.take(of: folder)
        #expect(folder.isDaemonRunning)
        #expect { try DaemonLock.take(of: folder) } throws: { ($0 as? CommandError)?.kind == .tryLater }
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(!folder.isDaemonRunning)
        _ = try DaemonLock.take(of: folder)
    }

    // MARK: The key

    struct BadKey: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let bytes: [UInt8]
    }

    @Test(
        "a key file that holds no key is refused with a sentence",
        arguments: [
            BadKey(testDescription: "empty", bytes: []),
            BadKey(testDescription: "short", bytes: Array(repeating: 1, count: 31)),
            BadKey(testDescription: "long", bytes: Array(repeating: 1, count: 33)),
            BadKey(testDescription: "base64 of too little", bytes: Array("AAAA".utf8)),
        ])
    func badKeys(_ bad: BadKey) throws {
        try FileManager.default.createDirectory(atPath: place.path, withIntermediateDirectories: true)
        let path = place.path + "/k"
        try Data(bad.bytes).write(to: URL(fileURLWithPath: path))
        #expect { try place.keyFile(["PURR_KEY_FILE": path]).key() } throws: {
            ($0 as? CommandError)?.kind == .configuration
        }
    }

    @Test("a key in base64 is the same key")
    func base64Key() throws {
        try FileManager.default.createDirectory(atPath: place.path, withIntermediateDirectories: true)
        let path = place.path + "/k"
        let kari = try #require(EmailAddress("kari@example.org"))
        let raw = Data((0..<32).map { UInt8($0) })
        try raw.write(to: URL(fileURLWithPath: path))
        let sealed = try Vault(key: place.keyFile(["PURR_KEY_FILE": path]).key()).sealed(
            .password("secret"), for: kari)
        try Data((raw.base64EncodedString() + "\n").utf8).write(to: URL(fileURLWithPath: path))
        let vault = Vault(key: try place.keyFile(["PURR_KEY_FILE": path]).key())
        #expect(try vault.opened(sealed, for: kari) == .password("secret"))
    }

    @Test("a missing key is no reason to make another beside the data")
    func missingKey() throws {
        let folder = place.folder
        _ = try folder.create(isDemo: false, keyFile: place.keyFile())
        try FileManager.default.removeItem(atPath: folder.path + "/key")
        _ = try folder.create(isDemo: false, keyFile: place.keyFile())
        #expect { try place.keyFile().key() } throws: { ($0 as? CommandError)?.kind == .configuration }
    }

    @Test("a certificate is written once under a name of its own")
    func authorities() throws {
        let folder = place.folder
        _ = try folder.create(isDemo: false, keyFile: place.keyFile())
        let first = try folder.authorityFile("one")
        #expect(try folder.authorityFile("one") == first)
        #expect(try folder.authorityFile("two") != first)
        #expect(try String(contentsOfFile: first, encoding: .utf8) == "one")
    }
}

@Suite("The vault")
struct VaultTests {
    private let vault: Vault
    private let otherVault: Vault

    init() throws {
        let places = [DataFolderTests.Place(), DataFolderTests.Place()]
        let vaults = try places.map { place in
            _ = try place.folder.create(isDemo: false, keyFile: place.keyFile())
            return Vault(key: try place.keyFile().key())
        }
        (vault, otherVault) = (vaults[0], vaults[1])
    }

    @Test(
        "gives back what it took, to the same mailbox in any spelling",
        arguments: [Secret.password("pä§ wörd"), .token("ya29.x")])
    func roundTrip(_ secret: Secret) throws {
        let kari = try #require(EmailAddress("kari@example.org"))
        let sealed = try vault.sealed(secret, for: kari)
        #expect(!String(decoding: sealed, as: UTF8.self).contains("ya29"))
        #expect(try vault.opened(sealed, for: kari) == secret)
        #expect(try vault.opened(sealed, for: try #require(EmailAddress("Kari@Example.org"))) == secret)
    }

    @Test("gives nothing to another mailbox, another key, or for changed bytes")
    func refuses() throws {
        let kari = try #require(EmailAddress("kari@example.org"))
        let ola = try #require(EmailAddress("ola@example.org"))
        var sealed = try vault.sealed(.password("secret"), for: kari)
        #expect(throws: CommandError.self) { try vault.opened(sealed, for: ola) }
        #expect(throws: CommandError.self) { try otherVault.opened(sealed, for: kari) }
        sealed[sealed.count - 1] ^= 1
        #expect(throws: CommandError.self) { try vault.opened(sealed, for: kari) }
        #expect(throws: CommandError.self) { try vault.opened([], for: kari) }
    }
}

@Suite("The clock of a demo")
struct VirtualClockTests {
    private let real = Date(timeIntervalSince1970: 1_795_424_400)

    private func store(isDemo: Bool) throws -> Store {
        let store = try Store.inMemory()
        if isDemo { try store.write { try $0.setMeta("demo", "1") } }
        return store
    }

    @Test("runs fast from the anchor on, both ways")
    func bothWays() {
        let clock = VirtualClock(anchorReal: real, anchorVirtual: real.addingTimeInterval(1_000), rate: 60)
        #expect(clock.virtual(real.addingTimeInterval(2)) == real.addingTimeInterval(1_120))
        #expect(clock.real(real.addingTimeInterval(1_120)) == real.addingTimeInterval(2))
        #expect(clock.virtualOfPast(real.addingTimeInterval(-5)) == real.addingTimeInterval(995))
        #expect(VirtualClock.real.virtual(real) == real)
    }

    @Test("never goes back, also where the real clock does")
    func neverBack() {
        let clock = VirtualClock(anchorReal: real, anchorVirtual: real, rate: 60)
        #expect(clock.virtual(real.addingTimeInterval(-3_600)) == real)
    }

    @Test("goes on where it was at the next start, at the same pace and at another")
    func continues() throws {
        let store = try store(isDemo: true)
        #expect(try VirtualClock.kept(in: store) == nil)
        let first = try VirtualClock.start(rate: 3_600, in: store, real: real)
        #expect(first.virtual(real) == real)
        let again = try VirtualClock.start(rate: 3_600, in: store, real: real.addingTimeInterval(10))
        #expect(again == first)
        let slower = try VirtualClock.start(rate: 60, in: store, real: real.addingTimeInterval(10))
        #expect(slower.virtual(real.addingTimeInterval(10)) == first.virtual(real.addingTimeInterval(10)))
        #expect(try VirtualClock.kept(in: store) == slower)
        let ordinary = try VirtualClock.start(rate: nil, in: store, real: real.addingTimeInterval(20))
        #expect(ordinary.rate == 1)
        #expect(
            ordinary.virtual(real.addingTimeInterval(20)) == slower.virtual(real.addingTimeInterval(20)))
    }

    @Test("is the real one outside of a demo, which cannot be made to run fast")
    func realData() throws {
        let store = try store(isDemo: false)
        #expect(try VirtualClock.start(rate: nil, in: store, real: real) == .real)
        #expect { try VirtualClock.start(rate: 60, in: store, real: real) } throws: {
            ($0 as? CommandError)?.kind == .usage
        }
        #expect(try VirtualClock.kept(in: store) == nil)
    }

    @Test("takes no rate that is none", arguments: [0, -1, .infinity, .nan, 1e12])
    func badRates(_ rate: Double) throws {
        let store = try store(isDemo: true)
        #expect(throws: CommandError.self) { try VirtualClock.start(rate: rate, in: store, real: real) }
    }
}
