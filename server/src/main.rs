//! The `cordon` binary: reads the command line and hands over.

use clap::Parser;
use cordon_server::cli::{
    Cli, Command, ConfigCommand, DatabaseCommand, DecodeCommand, TokenCommand, UserCommand, accounts, config_check,
    database, demo, files, migrate_store, roads, run_limited, serve,
};
use cordon_server::{decode, simulate};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run(&Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cordon: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(args) => Ok(serve::run(args)?),
        Command::Demo(args) => Ok(demo::run(args)?),
        Command::Simulate(options) => {
            serve::runtime()?.block_on(simulate::run(options.clone()))?;
            Ok(())
        }
        Command::Decode(DecodeCommand::Jt808 { frames }) => {
            Ok(decode::run(frames, std::io::stdin().lock(), std::io::stdout().lock())?)
        }
        Command::User(UserCommand::Add(args)) => Ok(accounts::add_user(args)?),
        Command::Token(TokenCommand::Add(args)) => Ok(accounts::add_token(args)?),
        Command::Config(ConfigCommand::Check(args)) => Ok(config_check::run(args)?),
        Command::Database(DatabaseCommand::Migrate(args)) => Ok(database::migrate(args)?),
        Command::Roads(command) => Ok(roads::run(command, &mut std::io::stdout().lock())?),
        Command::Import(args) => match &args.undo {
            Some(id) => Ok(files::undo(id, &args.site)?),
            None => Ok(files::import(args)?),
        },
        Command::Export(args) => Ok(files::export(args)?),
        Command::RunLimited(args) => Ok(run_limited::run(args)?),
        Command::MigrateStore(args) => Ok(migrate_store::run(args)?),
    }
}
