//! The tool as scripts and people use it: the real binary, on fresh folders.

mod audit;
mod bad_input;
mod crash;
mod damage;
mod evidence;
mod example;
mod facts;
mod faults;
mod fooled;
mod foreign;
mod help;
mod import;
mod import_live;
mod judged_by_go;
mod judges;
mod machine;
mod manual;
mod post;
mod questions;
mod readers;
mod reconcile;
mod reconcile_real;
mod run;
mod serve;
mod services;
mod tables;
