//! Times the executor on a request: `speed REQUEST.json BODY...`, the smallest of five runs.

use std::time::{Duration, Instant};

use sol2zk_executor::host::request::Request;
use sol2zk_executor::machine::{Library, execute, trace};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [request, bodies @ ..] = paths.as_slice() else {
        return Err("speed REQUEST.json BODY...".into());
    };
    let request = Request::parse(&std::fs::read_to_string(request)?)?;
    let bodies = bodies.iter().map(std::fs::read).collect::<Result<Vec<_>, _>>()?;
    let (load, library) = fastest(|| Library::decode(bodies.iter().map(Vec::as_slice)));
    let library = library?;
    let (fast, outcome) = fastest(|| execute(&request, &library));
    let outcome = outcome?;
    let steps: u64 = outcome.calls.iter().map(|call| call.steps).sum();
    let per_step = |time: Duration| time.as_secs_f64() * 1e9 / steps.max(1) as f64;
    println!("load {load:?}, {} calls, {steps} steps", outcome.calls.len());
    println!("fast {fast:?}, {:.2} ns a step", per_step(fast));
    let begun = Instant::now();
    match trace(&request, &library, 1 << 22) {
        Ok((_, trace)) => {
            let time = begun.elapsed();
            println!("traced {time:?}, {:.2} ns a step, {} pure steps", per_step(time), trace.pures.len());
        }
        Err(error) => println!("traced: {error}"),
    }
    Ok(())
}

fn fastest<T>(mut work: impl FnMut() -> T) -> (Duration, T) {
    let mut timed = || {
        let begun = Instant::now();
        let out = work();
        (begun.elapsed(), out)
    };
    let mut best = timed();
    for _ in 1..5 {
        let next = timed();
        if next.0 < best.0 {
            best = next;
        }
    }
    best
}
