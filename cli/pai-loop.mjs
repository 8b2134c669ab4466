#!/usr/bin/env node
// The `pai-loop` command of a checkout: makes sure that it is installed and built, then runs it.
import { createRequire } from 'node:module';
import './prepare.mjs';

createRequire(import.meta.url)('../dist/pai-loop.js');
