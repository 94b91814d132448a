import Foundation
import Synchronization
import Testing

@testable import PurrStore

@Suite("A group of writes")
final class WriteGroupTests {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "purr-group-\(UUID().uuidString)")
    private let store: Store
    private let fails = FailureSwitch()

    /// Where a test makes commits fail.
    private final class FailureSwitch: Sendable {
        let isOn = Atomic(false)
    }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        let fails = fails
        store = try Store(path: folder.appending(path: "purr.db").path) {
            if fails.isOn.load(ordering: .relaxed), $0 == .beforeCommit { throw StoreError(.full, "full") }
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// What another process sees.
    private func seen(_ key: String) throws -> String? {
        try Store(path: folder.appending(path: "purr.db").path).read { try $0.meta(key) }
    }

    @Test("is seen by nobody else before it is settled, and whole after that")
    func settling() throws {
        let (first, second) = (store.grouping(), store.grouping())
        try first.write { try $0.setMeta("a", "1") }
        try second.write { try $0.setMeta("b", "2") }
        #expect(try seen("a") == nil)
        let group = try #require(first.openGroup)
        #expect(second.openGroup == group)
        try second.settle(group)
        #expect(try seen("a") == "1")
        #expect(try seen("b") == "2")
        // The other one finds it done.
        try first.settle(group)
        #expect(store.openGroup == nil)
    }

    @Test("loses a member that fails, and that one alone")
    func failingMember() throws {
        let grouping = store.grouping()
        try grouping.write { try $0.setMeta("a", "1") }
        #expect(throws: StoreError.self) {
            try grouping.write {
                try $0.setMeta("a", "2")
                throw StoreError(.leaseLost, "")
            }
        }
        try grouping.settle(#require(grouping.openGroup))
        #expect(try seen("a") == "1")
    }

    @Test("is durable with a write that does not wait, and stays open after one that failed")
    func durableWrite() throws {
        let grouping = store.grouping()
        try grouping.write { try $0.setMeta("a", "1") }
        let group = try #require(grouping.openGroup)
        #expect(throws: StoreError.self) { try store.write { _ in throw StoreError(.other, "") } }
        #expect(try seen("a") == nil)
        try store.write { try $0.setMeta("b", "2") }
        #expect(try seen("a") == "1")
        #expect(try seen("b") == "2")
        #expect(store.openGroup == nil)
        try grouping.settle(group)
    }

    @Test("that cannot be committed fails for each who wrote into it, and the next one goes well")
    func failingCommit() throws {
        let (first, second) = (store.grouping(), store.grouping())
        try first.write { try $0.setMeta("a", "1") }
        try second.write { try $0.setMeta("b", "2") }
        let group = try #require(store.openGroup)
        fails.isOn.store(true, ordering: .relaxed)
        #expect { try first.settle(group) } throws: { ($0 as? StoreError)?.reason == .full }
        #expect(throws: StoreError.self) { try second.settle(group) }
        fails.isOn.store(false, ordering: .relaxed)
        #expect(store.openGroup == nil)
        #expect(try store.read { try $0.meta("a") } == nil)
        try first.write { try $0.setMeta("a", "3") }
        try first.settle(#require(store.openGroup))
        #expect(try seen("a") == "3")
        #expect(try seen("b") == nil)
    }

    @Test("fails as a whole where the database undoes it")
    func undone() throws {
        let grouping = store.grouping()
        try grouping.write { try $0.setMeta("a", "1") }
        let group = try #require(grouping.openGroup)
        // What SQLite does by itself when the disk is full.
        #expect(throws: StoreError.self) {
            try grouping.write {
                try $0.execute("ROLLBACK"); throw StoreError(.full, "")
            }
        }
        #expect(throws: StoreError.self) { try grouping.settle(group) }
        #expect(try seen("a") == nil)
        try grouping.write { try $0.setMeta("a", "2") }
        try grouping.settle(#require(grouping.openGroup))
        #expect(try seen("a") == "2")
    }
}
