//! What the system tells of a server's process.

/// Which memory of a process.
#[derive(Clone, Copy)]
pub enum Memory {
    /// Resident now.
    Resident,
    /// The most that was ever resident.
    Peak,
}

/// Memory of a process, KiB.
pub fn memory_kib(pid: u32, which: Memory) -> anyhow::Result<u64> {
    let name = match which {
        Memory::Resident => "VmRSS:",
        Memory::Peak => "VmHWM:",
    };
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let text = line.and_then(|line| line.trim().strip_suffix("kB"));
    Ok(text.ok_or_else(|| anyhow::anyhow!("the system does not tell a process's memory"))?.trim().parse()?)
}

/// Processor time of a process so far, seconds.
pub fn cpu_s(pid: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).map(|field| field.parse::<u64>().unwrap_or(0)).sum();
    // Linux counts in hundredths of a second for every program (USER_HZ).
    Ok(ticks as f64 / 100.0)
}
