// SPDX-License-Identifier: Apache-2.0
// The consumer side of a BPF ring buffer. The consumer position is published once per batch: each
// store makes the producers' cache line travel, and they need the room only when the ring is full.
#include "ring_memory.h"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <utility>

namespace fimbul
{

namespace
{

constexpr uint64_t round_up_8(uint64_t value)
{
	return (value + 7) & ~uint64_t{ 7 };
}

} // namespace

MappedPages::MappedPages(int fd, size_t offset, size_t length, int protection) : length_(length)
{
	void *start = mmap(nullptr, length, protection, MAP_SHARED, fd, static_cast<off_t>(offset));
	if (start != MAP_FAILED)
		start_ = static_cast<uint8_t *>(start);
}

MappedPages::MappedPages(MappedPages &&other) noexcept
	: start_(std::exchange(other.start_, nullptr)), length_(other.length_)
{
}

MappedPages &MappedPages::operator=(MappedPages &&other) noexcept
{
	std::swap(start_, other.start_);
	std::swap(length_, other.length_);
	return *this;
}

MappedPages::~MappedPages()
{
	if (start_ != nullptr)
		munmap(start_, length_);
}

RingMemory::RingMemory(MappedPages consumer, MappedPages producer, size_t size_bytes)
	: consumer_(std::move(consumer)), producer_(std::move(producer)), size_bytes_(size_bytes),
	  page_bytes_(static_cast<size_t>(sysconf(_SC_PAGESIZE)))
{
}

std::optional<RingMemory> RingMemory::map(int ring_fd, size_t size_bytes)
{
	const auto page_bytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
	MappedPages consumer(ring_fd, 0, page_bytes, PROT_READ | PROT_WRITE);
	if (!consumer.valid())
		return std::nullopt;
	MappedPages producer(ring_fd, page_bytes, page_bytes + 2 * size_bytes, PROT_READ);
	if (!producer.valid())
		return std::nullopt;
	return RingMemory(std::move(consumer), std::move(producer), size_bytes);
}

uint64_t *RingMemory::consumer_position() const
{
	return reinterpret_cast<uint64_t *>(consumer_.start());
}

const uint64_t *RingMemory::producer_position() const
{
	return reinterpret_cast<const uint64_t *>(producer_.start());
}

RingBatch RingMemory::read(std::span<uint8_t> destination, std::span<uint32_t> index)
{
	const uint8_t *data = producer_.start() + page_bytes_;
	const size_t capacity = index.size() / 2;
	const uint64_t producer = __atomic_load_n(producer_position(), __ATOMIC_ACQUIRE);
	uint64_t consumer = __atomic_load_n(consumer_position(), __ATOMIC_RELAXED);
	RingBatch batch;
	size_t used = 0;

	while (consumer < producer) {
		const uint8_t *record = data + (consumer & (size_bytes_ - 1));
		// Pairs with the kernel's exchange of the header at commit: the bytes are there
		// once it is.
		const uint32_t header = __atomic_load_n(reinterpret_cast<const uint32_t *>(record),
							__ATOMIC_ACQUIRE);
		if ((header & BPF_RINGBUF_BUSY_BIT) != 0)
			break;
		const uint32_t length =
			header & ~uint32_t{ BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT };
		const uint64_t advance = round_up_8(uint64_t{ length } + BPF_RINGBUF_HDR_SZ);
		if (advance > producer - consumer) {
			batch.corrupt = true;
			break;
		}
		if ((header & BPF_RINGBUF_DISCARD_BIT) == 0) {
			if (batch.count == capacity)
				break;
			if (length > destination.size() - used) {
				if (batch.count == 0)
					batch.oversized_bytes = length;
				break;
			}
			std::copy_n(record + BPF_RINGBUF_HDR_SZ, length, destination.data() + used);
			index[2 * batch.count] = static_cast<uint32_t>(used);
			index[2 * batch.count + 1] = length;
			batch.count += 1;
			used = std::min<size_t>(round_up_8(used + length), destination.size());
		}
		consumer += advance;
	}

	__atomic_store_n(consumer_position(), consumer, __ATOMIC_RELEASE);
	// A producer skips the wake-up unless it sees that we caught up; the fence orders our
	// position before the poll that follows, so one of the two sides always notices a record
	// committed now.
	std::atomic_thread_fence(std::memory_order_seq_cst);
	return batch;
}

uint64_t RingMemory::pending() const
{
	const uint64_t consumer = __atomic_load_n(consumer_position(), __ATOMIC_RELAXED);
	return __atomic_load_n(producer_position(), __ATOMIC_ACQUIRE) - consumer;
}

uint64_t RingMemory::consumed() const
{
	return __atomic_load_n(consumer_position(), __ATOMIC_RELAXED);
}

} // namespace fimbul
